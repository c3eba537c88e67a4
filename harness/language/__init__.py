"""The scenario language as a whole: files as values, whether they can show anything, and the language told."""
