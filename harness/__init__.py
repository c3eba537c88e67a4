"""The scenario runner and the val command: starts the programs, runs scripts over them, judges and reports."""
