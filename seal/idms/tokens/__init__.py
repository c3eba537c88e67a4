"""Tokens made and read back, the keys that sign them, and the keys of partner domains."""
