from pathlib import Path

import pytest

from harness.grammar.lab_files import SHIPPED, NoSuchLab, lab_file


def test_the_nearest_lab_of_a_name_is_taken(tmp_path: Path) -> None:
    """Beside the file that names it, else further up, else ours."""
    near, far = tmp_path / "a" / "labs", tmp_path / "labs"
    for folder in (near, far):
        folder.mkdir(parents=True)
    (far / "home.yaml").touch()
    assert lab_file("home", tmp_path / "a" / "s.yaml") == far / "home.yaml"
    (near / "home.yaml").touch()
    assert lab_file("home", tmp_path / "a" / "s.yaml") == near / "home.yaml"
    assert lab_file("home", tmp_path / "a") == near / "home.yaml"
    assert lab_file("home", near / "home.yaml") == far / "home.yaml"
    assert lab_file("udp", near / "home.yaml") == SHIPPED / "udp.yaml"


def test_what_is_nowhere_is_told_with_a_guess(tmp_path: Path) -> None:
    """Of all the names that would have been found."""
    with pytest.raises(NoSuchLab, match=r"there is no labs/hoem.yaml \(did you mean home\?\)"):
        lab_file("hoem", tmp_path)
