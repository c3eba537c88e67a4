"""How many sockets and files a process may have open."""

import resource


def open_files() -> int:
    """Take as many as may be, which is more than is usual for programs that use `select`, and say how many these are.

    Children have as many.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
