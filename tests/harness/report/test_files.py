from harness.report import files


def test_no_two_files_have_one_name() -> None:
    """Each has a place of its own in the folder."""
    names = [value for name, value in vars(files).items() if name.isupper()]
    assert len(names) == len(set(names)) == 5
