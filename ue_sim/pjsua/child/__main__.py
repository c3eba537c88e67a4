"""`python -m ue_sim.pjsua.child`: be a SIP stack for up to eight phones, until standard input ends.

PJSIP prints on standard output before it can be told not to, so what was standard output becomes our pipe, and
whatever is printed goes where errors go.
"""

import os
import sys

from ue_sim.pjsua.child.errors import Unfit
from ue_sim.pjsua.child.fitness import library
from ue_sim.pjsua.child.lines import Lines


def main() -> int:
    """Serve; gives the exit code."""
    lines = Lines(0, os.dup(1))
    os.dup2(2, 1)
    try:
        functions = library()
    except Unfit as reason:
        lines.write({"unfit": str(reason)})
        return 1
    from ue_sim.pjsua.child.serving import serve  # noqa: PLC0415  it imports pjsua2, which may not be there

    serve(lines, functions)
    return 0


if __name__ == "__main__":
    sys.exit(main())
