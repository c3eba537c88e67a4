"""The command `val`. What it is made of takes seconds to import: Ctrl-C ends it then, too, and with no traceback.

Nothing but the standard library is imported before Ctrl-C is seen to.
"""

import gc
import os
import signal
from importlib import import_module
from typing import NoReturn

INTERRUPTED = 130
"""As in `valkit.exits`."""


def main() -> None:
    """Run the command line; ends the process."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else whoever started us had it ignored
        signal.signal(signal.SIGINT, _leave_at_once)
    gc.disable()  # what is imported stays: the collector would go through it again and again, for a fifth of a start
    import_module("harness.console.command_line").main()


def _leave_at_once(*_: object) -> NoReturn:
    """End without an exception: what is being imported could swallow it, or take it for a fault of its own."""
    os.write(2, b"Interrupted.\n")
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
