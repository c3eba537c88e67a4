import sys
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a child process needs the real one

from harness.errors import EnvironmentFault
from harness.lab.children import Child

reactor: Any = the_reactor
STAYS = "import sys, time; print('it is ready: sip=udp:127.0.0.1:5 admin=http://x', flush=True); sys.stdin.read()"


async def test_a_child_says_where_it_listens() -> None:
    """Its first line is read, and it ends when it is told to."""
    child = await Child.start(reactor, [sys.executable, "-c", STAYS])
    assert child.addresses == {"sip": "udp:127.0.0.1:5", "admin": "http://x"}
    await child.end("TERM")


async def test_a_child_that_is_gone_can_be_ended_again() -> None:
    """SIGKILL to nobody is no error."""
    child = await Child.start(reactor, [sys.executable, "-c", STAYS])
    await child.end("KILL")
    await child.end("KILL")


async def test_a_child_that_does_not_start_tells_why() -> None:
    """What it wrote to standard error is the reason."""
    with pytest.raises(EnvironmentFault, match="no such port"):
        await Child.start(reactor, [sys.executable, "-c", "raise SystemExit('no such port')"])


async def test_a_child_that_takes_too_long_is_told_with_what_it_said() -> None:
    """It is ended, and nobody has to read a traceback."""
    slow = "import sys, time; print('waiting for a lock', file=sys.stderr, flush=True); time.sleep(600)"
    with pytest.raises(EnvironmentFault, match=r"was not ready within 3 s\. It said:\nwaiting for a lock"):
        await Child.start(reactor, [sys.executable, "-c", slow], within=3.0)
