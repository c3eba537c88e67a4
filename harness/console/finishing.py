"""One piece of work on a reactor of its own, for a command: it ends, or it was interrupted, and the two are told apart.

Twisted's `react` ends a process with 0 when a signal stops it, as if all had been done.
"""

import os
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from attrs import define, field
from twisted.internet import task
from twisted.internet.defer import Deferred

from valkit.exits import INTERRUPTED, OK
from valkit.net.serving import leave, log_tls_keys
from valkit.net.tracing import traced, working_on

Main = Callable[[Any], Coroutine[Any, Any, None]]


@define
class _Work:
    main: Main
    ended: bool = field(init=False, default=False)

    async def run(self, reactor: Any) -> None:
        """Do it; only what is dropped half done has not ended."""
        try:
            await self.main(reactor)
        except GeneratorExit:
            raise
        except BaseException:
            self.ended = True
            raise
        self.ended = True


def finish(main: Main) -> NoReturn:
    """Do it and end the process: with its own exit code, or with 130 when Ctrl-C came first.

    What it asks over HTTP is one trace: that of TRACEPARENT, where the environment has it.
    """
    log_tls_keys()
    work = _Work(main)
    try:
        with working_on(traced(os.environ.get("TRACEPARENT", ""))):
            task.react(lambda reactor: Deferred.fromCoroutine(work.run(reactor)))
    except SystemExit as done:
        if work.ended or done.code not in {OK, None}:
            raise
    leave("Interrupted.", INTERRUPTED)
