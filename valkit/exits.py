"""Exit codes of every program, and of every command of `val`."""

OK = 0
FAILED = 1
"""A scenario failed, or what was asked for was refused."""
BAD_INPUT = 2
"""A file or an option is wrong; file, line and what was expected were said."""
BAD_ENVIRONMENT = 3
"""A port is taken, a file is missing; what to do was said."""
INTERRUPTED = 130
"""Ctrl-C ended it before its time."""
