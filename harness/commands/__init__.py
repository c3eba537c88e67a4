"""The commands of `val`, one module each."""
