import re
from pathlib import Path

import pytest

from harness.language.scenario import parse
from tests.harness.language.test_scenario import GOOD, faults


def with_step(step: str, *before: str) -> str:
    """Write a script with these steps, the last but one of which is in question."""
    return GOOD + "".join(f"  - {one}\n" for one in (*before, step))


def test_a_script_that_asks_for_nothing_is_refused() -> None:
    """It would pass whatever happens, and count for its clauses."""
    assert faults(GOOD.replace("  - expect.answer: 200\n", "")) == [
        "s.yaml:4:3: steps: ask for nothing, so this would pass whatever happens (expected an expect.*)"
    ]


@pytest.mark.parametrize(
    "step",
    ["expect.message: {}", "expect.http: {since_start: yes}", "expect.message: {headers: {}, without: [], claims: {}}"],
)
def test_an_expectation_that_anything_would_meet_is_refused(step: str) -> None:
    """That there is none at all may well be asked."""
    [fault] = faults(with_step(step))
    assert "asks for nothing, so that any message would do" in fault
    assert parse(with_step("expect.no_http: {since_start: yes}"), Path("s.yaml"), "s.yaml")


@pytest.mark.parametrize(("name", "meant"), [("frmo", "from"), ("form", "from")])
def test_what_is_meant_is_told_as_it_is_written(name: str, meant: str) -> None:
    """And not as it is called in our code."""
    [fault] = faults(with_step(f"expect.message: {{{name}: alice}}"))
    assert f"{name}: is not known (did you mean {meant}?)" in fault
    [all_of_them] = faults(with_step("expect.no_message: {to: scscf, zzzz: 3}"))
    assert "expected one of: from, to, method" in all_of_them


@pytest.mark.parametrize("asked", ["figure: 5.X.3.2.2-1\n", ""])
def test_a_figure_or_a_refusal_is_asked_for_too(asked: str) -> None:
    """The steps of the figure must occur; what is to be refused must be."""
    step = "ue.register: alice" if asked else "ue.sign_in: {ue: alice, refused: unreachable}"
    text = asked + GOOD.replace("expect.answer: 200", step)
    assert len(parse(text, Path("s.yaml"), "s.yaml")) == 1


@pytest.mark.parametrize(
    "step",
    [
        "ue.publish: {ue: alice, token: late}",
        'expect.binding: {impu: "sip:alice@home.example", token: late}',
        "expect.message: {to: valserver, token: late}",
        "expect.token: {as: late, lasts: 60}",
        "expect.order: [{message: {token: late}}, {event: bound}]",
        "ue.refresh_token: {ue: alice, of: late}",
    ],
)
def test_a_token_is_made_before_it_is_spoken_of(step: str) -> None:
    """A slip in its name is told with the names that there are."""
    [fault] = faults(with_step(step, "token.mint: {ue: alice, as: early}"))
    assert re.match(r"s.yaml:7:\d+: steps\[3\]\.[\w.]+: speaks", fault)
    assert fault.endswith("speaks of a token late, and there is none (expected one of: early)")
    assert parse(with_step(step, "token.mint: {ue: alice, as: late}"), Path("s.yaml"), "s.yaml")


CAPTURES = "expect.message: {capture: {call: Call-ID}}"
SPEAKS = 'expect.message: {headers: {X-A: "${captured.%s}"}}'


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (SPEAKS % "id", "speaks of a captured value id, and no step before captures it (expected one of: call)"),
        ('ue.publish: {ue: alice, headers: {X-A: "a${captured.cal}"}}', "(did you mean call?)"),
        ('expect.message: {headers: {To: "${captured.own}"}, capture: {own: Call-ID}}', "a captured value own"),
        (f"parallel: [[{{{SPEAKS % 'call'}}}], [{{{SPEAKS % 'b'}}}]]", "a captured value b"),
        ("expect.message: {capture: {id: Contcat}}", "Contcat is no header field that is known"),
        ("expect.answer: {status: 200, capture: {id: Call-ID.uri}}", "Call-ID holds no address"),
    ],
)
def test_a_value_is_captured_before_it_is_spoken_of(step: str, why: str) -> None:
    """Where its name stands, with those that there are; and from where there can be one."""
    assert any(why in fault for fault in faults(with_step(step, CAPTURES)))
    right = 'expect.message: {headers: {Call-ID: "${captured.call}", To: "${captured.call}"}}'
    assert parse(with_step(right, CAPTURES), Path("s.yaml"), "s.yaml")


def test_the_place_of_a_captured_value_is_told() -> None:
    """Of the text that has its name."""
    [fault] = faults(with_step(SPEAKS % "call"))
    assert fault.startswith("s.yaml:6:37: steps[2].expect.message.headers.X-A: speaks of")
    assert fault.endswith("(expected a `capture` in one)")


def test_what_a_branch_captures_is_its_own() -> None:
    """Another may be later, or earlier; what was captured before is known in each."""
    branches = "parallel: [[{%s}, {%s}], [{expect.answer: 200}]]"
    speaks = SPEAKS % "call"
    assert parse(with_step(branches % (CAPTURES, speaks)), Path("s.yaml"), "s.yaml")
    assert parse(with_step(branches % (speaks, speaks), CAPTURES), Path("s.yaml"), "s.yaml")
    assert "captured value call" in faults(with_step(speaks, branches % (CAPTURES, speaks)))[0]


def test_a_token_is_asked_something() -> None:
    """That there is one, a step before has seen to."""
    [fault] = faults(with_step("expect.token: {as: x}", "token.mint: {ue: alice, as: x}"))
    assert "asks nothing of the token" in fault


def test_that_nothing_comes_is_asked_where_something_was_done() -> None:
    """Before that there is nothing to look at, unless time passes or another branch acts."""
    text = "name: n\nclauses: [REG-01]\nsteps:\n  - %s\n  - ue.register: alice\n  - expect.answer: 200\n"
    [fault] = faults(text % "expect.no_message: {from: alice}")
    assert fault.startswith(
        "s.yaml:4:5: steps[0].expect.no_message: looks at what has happened, and no step before does"
    )
    for right in (
        "expect.no_message: {from: alice, for: 1h}",
        "parallel: [[{expect.no_message: {from: bob}}], [{ue.register: alice}]]",
    ):
        assert parse(text % right, Path("s.yaml"), "s.yaml")


def test_a_log_in_that_is_to_fail_makes_no_token() -> None:
    """Nothing may be asked of it."""
    assert (
        "no step before makes one"
        in faults(
            with_step("ue.publish: {ue: alice, token: x}", "ue.sign_in: {ue: alice, as: x, refused: unreachable}")
        )[0]
    )


@pytest.mark.parametrize("field", ["headers: {Contcat: x}", "without: [Contcat]"])
def test_a_header_field_must_be_known(field: str) -> None:
    """That a field nobody has is missing would be no news."""
    assert faults(with_step(f"expect.no_message: {{{field}}}")) == [
        "s.yaml:6:24: steps[2].expect.no_message: Contcat is no header field that is known (did you mean Contact?)"
    ]


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("expect.answer: {status: 200, headers: {Expires.uri: x}}", "Expires holds no address"),
        ("expect.no_message: {without: [Call-ID;x]}", "Call-ID has no such parameter"),
        ("expect.message: {parts: [{headers: {Contnet-ID: x}}]}", "Contnet-ID is no header field"),
        ("expect.message: {parts: [{message: {headers: {Contcat.uri: x}}}]}", "Contcat is no header field"),
        ("expect.order: [{message: {headers: {Contcat: x}}}, {event: bound}]", "Contcat is no header field"),
    ],
)
def test_a_field_must_be_one_that_can_have_what_is_asked(step: str, why: str) -> None:
    """Wherever header fields are asked for."""
    [fault] = faults(with_step(step))
    assert why in fault


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (
            "expect.no_message: {claims: {val_usr_id: a}}",
            "val_usr_id: is no claim that is known (did you mean val_user_id?)",
        ),
        (
            "expect.no_http: {claims: {colour: red}}",
            "colour: is no claim that is known (expected another",
        ),
        ("expect.no_message: {status: 200, token: present}", "token: is of an answer, and those carry none"),
    ],
)
def test_what_no_token_says_is_not_denied(step: str, why: str) -> None:
    """That nobody says it would be no news, unless another step has it said."""
    [fault] = faults(with_step(step))
    assert why in fault
    said = "expect.message: {claims: {colour: {present: yes}}}"
    assert parse(with_step("expect.no_message: {claims: {colour: red, exp: 1}}", said), Path("s.yaml"), "s.yaml")


def test_parts_have_fields_of_their_own() -> None:
    """Those of MIME."""
    assert parse(with_step("expect.message: {parts: [{headers: {Content-ID: x}}]}"), Path("s.yaml"), "s.yaml")


@pytest.mark.parametrize("name", ["X-Colour", "m", "session-id", "Colour"])
def test_a_field_of_ones_own_may_be_asked_for(name: str) -> None:
    """With X-, in its compact form, in any case, or put in by a phone of the script."""
    put = "ue.reregister: {ue: alice, headers: {Colour: blue}}"
    assert parse(with_step(f"expect.no_message: {{without: [{name}]}}", put), Path("s.yaml"), "s.yaml")


@pytest.mark.parametrize(
    ("step", "at", "why"),
    [
        ("expect.no_event: {what: restered, by: scscf}", ".what", "restered is nothing that scscf notes"),
        ("expect.no_event: {what: refused, fields: {foo: bar}}", ".fields.foo", "foo is no field of refused"),
        ("expect.event: bund", "", "bund is nothing that valserver notes (did you mean bound?)"),
        (
            "expect.order: [{event: bound}, {event: {what: bound, cause: tok en}}]",
            "[1].event.cause",
            "tok en is no cause of bound",
        ),
    ],
)
def test_an_event_must_be_one_that_a_program_can_note(step: str, at: str, why: str) -> None:
    """That what nobody notes was not noted would be no news."""
    [fault] = faults(with_step(step))
    verb = step.partition(":")[0]
    assert f": steps[2].{verb}{at}: {why}" in fault
