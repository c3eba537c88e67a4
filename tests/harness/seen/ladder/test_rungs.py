from harness.seen.ladder.rungs import Arrow, Ladder, Row


def test_a_ladder_is_a_value() -> None:
    """Two ladders of the same rungs are equal, so that a drawn one can be compared with an earlier run's."""
    rows = (Row(0.0, "1", Arrow(0, 1, "REGISTER")),)
    assert Ladder("t", ("a", "b"), rows) == Ladder("t", ("a", "b"), rows)
