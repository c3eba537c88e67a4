from ue_sim.engines import EngineName


def test_engines_have_the_names_that_people_write() -> None:
    """On the command line and in files."""
    assert [each.value for each in EngineName] == ["native", "pjsua2"]
