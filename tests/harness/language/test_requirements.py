from harness.language.requirements import requirements


def test_every_row_has_level_and_sentence() -> None:
    """Sixty rows, each named by its group and number."""
    rows = requirements()
    assert len(rows) == 60
    assert all(row.says[0].isupper() and row.says[-1] in ".)" for row in rows.values())
    assert rows["REG-09"].level == "flow"


def test_numbers_of_a_group_follow_each_other() -> None:
    """No row is missing from the middle of a group."""
    groups: dict[str, list[int]] = {}
    for name in requirements():
        group, _, number = name.partition("-")
        groups.setdefault(group, []).append(int(number))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in groups.values())
