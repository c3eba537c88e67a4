from tests.harness.sipp.scripts import recv, script, send, steps


def test_a_jump_that_is_always_taken_is_followed() -> None:
    """As in SIPp's own `branchc`: what it leads past is not done; back it is not gone."""
    made = script(
        send("REGISTER"),
        recv(200, 'next="5"'),
        recv(404),
        '<label id="5"/>',
        '<pause milliseconds="1000" next="5"/>',
        recv(500),
    )
    assert steps(made) == [("ue.register", {"ue": "sipp"}), ("expect.answer", 200), ("clock.advance", "1s")]
    assert [lost.why for lost in made.lost] == ["next='5' leads back: what SIPp repeats without end is there once"]


def test_a_branch_is_told_at_both_of_its_ends() -> None:
    """Where it begins, and where it would lead."""
    made = script(send("REGISTER"), recv(403, 'optional="true" next="1"'), recv(200), '<label id="1"/>')
    assert steps(made)[-1] == ("expect.answer", 200)
    assert [lost.why for lost in made.lost] == [
        "next='1', optional: a scenario of ours goes one way; write one for each",
        "an optional 403: an answer of ours is expected or not",
        "label 1: the way that leads here by a branch is not gone",
    ]


def test_an_answer_that_may_come_or_not_is_told() -> None:
    """Provisional ones are not spoken of."""
    made = script(send("REGISTER"), recv(183, 'optional="true"'), recv(403, 'optional="true"'), recv(200))
    assert steps(made)[-1] == ("expect.answer", 200)
    assert [lost.why for lost in made.lost] == ["an optional 403: an answer of ours is expected or not"]
