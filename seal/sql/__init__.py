"""Databases of the SEAL servers: opened, migrated, talked to in threads. What stands in them is each server's own."""
