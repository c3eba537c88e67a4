import resource

from valkit.net.descriptors import open_files


def test_a_process_has_as_many_open_files_as_it_may_have() -> None:
    """The usual soft limit is a fraction of the hard one."""
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1_000, usual[1]), usual[1]))
    try:
        assert open_files() == usual[1]
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (usual[1], usual[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)
