import pytest

from tests.harness.sipp.scripts import KEYS, recv, script, send, steps


def test_what_is_checked_of_an_answer_is_expected_of_it() -> None:
    """Anywhere in the value; there; not there; a second time of the same header."""
    checks = [
        '<ereg regexp="a=([0-9]+)" search_in="hdr" header="P-Associated-URI:" check_it="true" assign_to="1"/>',
        '<ereg regexp=".+" search_in="hdr" header="Path:" check_it="true" assign_to="1"/>',
        '<ereg regexp=".+" search_in="hdr" header="Warning:" check_it_inverse="true" assign_to="1"/>',
        '<ereg regexp="b" search_in="hdr" header="P-Associated-URI:" check_it="true" assign_to="1"/>',
    ]
    made = script(send("REGISTER"), f'<recv response="200"><action>{"".join(checks)}</action></recv>')
    first = {"P-Associated-URI": {"matches": ".*(?:a=([0-9]+)).*"}, "Path": {"present": True}}
    second = {"P-Associated-URI": {"matches": ".*(?:b).*"}}
    assert steps(made)[1:] == [
        ("expect.answer", {"status": 200, "headers": first, "without": ["Warning"]}),
        ("expect.answer", {"status": 200, "headers": second}),
    ]
    assert made.lost == []


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ('regexp="x" search_in="hdr" header="To:" assign_to="tag"', "it keeps what it finds in tag; `capture` does so"),
        ('regexp="x" search_in="msg" check_it="true"', "<ereg> over msg: only header fields that are known"),
        ('regexp="x" search_in="hdr" header="Strange:" check_it="true"', "<ereg> over Strange: only header fields"),
        ('regexp=".*" search_in="hdr" header="To:" check_it="true"', "'.*' matches whatever comes"),
        (f'regexp="{"(" * 5000}" search_in="hdr" header="To:" check_it="true"', "is no expression that can be asked"),
        ('regexp="(a{1000}){1000}" search_in="hdr" header="To:" check_it="true"', "is no expression that can be asked"),
        ('regexp="(?=x)" search_in="hdr" header="To:" check_it="true"', "is no expression that can be asked for here"),
        ('regexp="x" search_in="hdr" header="To:" check_it_inverse="true"', "that it does not match cannot be said"),
        ('regexp="x" search_in="hdr" header="To:" occurence="2" check_it="true"', "which of several header fields"),
    ],
)
def test_a_check_that_cannot_be_expected_is_told(check: str, why: str) -> None:
    """With the line of the check."""
    made = script(send("REGISTER"), f'<recv response="200"><action>\n<ereg {check}/></action></recv>')
    [lost] = made.lost
    assert why in lost.why
    assert lost.line == 10
    assert steps(made)[-1] == ("expect.answer", 200)


def test_a_check_of_a_challenge_is_told() -> None:
    """The phone answers it by itself, in the same step."""
    check = '<ereg regexp="x" search_in="hdr" header="WWW-Authenticate:" check_it="true" assign_to="1"/>'
    challenge = f'<recv response="401" auth="true"><action>{check}</action></recv>'
    made = script(send("REGISTER"), challenge, send("REGISTER", KEYS), recv(200))
    assert steps(made) == [("ue.register", {"ue": "sipp"}), ("expect.answer", 200)]
    assert ["what it looks at is not expected here" in lost.why for lost in made.lost] == [True]
