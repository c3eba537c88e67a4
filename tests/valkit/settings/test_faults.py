"""valkit.settings.faults: places an editor can jump to."""

from valkit.settings import Fault, SettingsError


def test_a_fault_reads_as_compilers_write() -> None:
    """File, line, column, path with indexes in brackets, sentence."""
    fault = Fault("a.yaml", 6, 7, ("partners", 1, "certificate"), "is missing")
    assert str(fault) == "a.yaml:6:7: partners[1].certificate: is missing"


def test_a_fault_of_the_whole_has_no_path() -> None:
    """Nothing stands between place and sentence when the whole file is meant."""
    assert str(Fault("a.yaml", 1, 1, (), "is empty")) == "a.yaml:1:1: is empty"


def test_what_stands_in_the_file_moves_no_cursor() -> None:
    """A key or value of somebody else's file is shown with its control characters written out."""
    assert str(Fault("a.yaml", 1, 1, ("a\x1b[2J",), "is \r not known")) == r"a.yaml:1:1: a\x1b[2J: is \r not known"


def test_faults_come_in_the_order_of_the_file() -> None:
    """Whoever mends a file goes from top to bottom."""
    low, high = Fault("a", 9, 1, (), "x"), Fault("a", 2, 5, (), "y")
    assert SettingsError([low, high]).faults == (high, low)
    assert str(SettingsError([low, high])) == "a:2:5: y\na:9:1: x"
