from pathlib import Path

import pytest

from harness.language.scenario import parse
from tests.harness.language.test_scenario import faults
from tests.harness.language.test_soundness import with_step

VAL = 'namespaces: {v: "urn:val:ns:val-info:1.0"}'


@pytest.mark.parametrize(
    ("slip", "meant", "right"),
    [
        ("expect.message: {claims: {val_usr_id: {present: no}}, to: core}", "val_user_id", "val_user_id"),
        ("expect.token: {as: x, claims: {val_usr_id: null}}", "val_user_id", "val_user_id"),
        ("expect.token: {as: x, id_token: {auth_tmie: null}}", "auth_time", "auth_time"),
        ("expect.message: {headers: {Contact;expries: {present: no}}}", "expires", "Contact;expires"),
        ("expect.message: {without: [Contact;expries]}", "expires", "Contact;expires"),
        ("expect.no_message: {headers: {Contact;expries: 5}}", "expires", "Contact;expires"),
        ("expect.message: {parts: [{type: application/sdpp, count: 0}]}", "application/sdp", "application/sdp"),
        ("expect.no_message: {parts: [application/sdpp]}", "application/sdp", "application/sdp"),
        ("expect.http: {path: /token, without: [acces_token]}", "access_token", "access_token"),
        ("expect.http: {path: /token, fields: {acces_token: {present: no}}}", "access_token", "access_token"),
        ("expect.no_http: {fields: {acces_token: }}", "access_token", "access_token"),
        ("expect.no_http: /tokne", "/token", "/token"),
    ],
)
def test_a_slip_in_what_is_not_to_be_there_is_told(slip: str, meant: str, right: str) -> None:
    """It would never be found, and so be good news."""
    minted = "token.mint: {ue: alice, as: x}"
    [fault] = faults(with_step(slip, minted))
    assert f"(did you mean {meant}?)" in fault
    wrong = next(
        word
        for word in ("val_usr_id", "auth_tmie", "Contact;expries", "application/sdpp", "acces_token", "/tokne")
        if word in slip
    )
    assert parse(with_step(slip.replace(wrong, right), minted), Path("s.yaml"), "s.yaml")


@pytest.mark.parametrize(
    ("denied", "found"),
    [
        ("expect.no_message: {claims: {colour: red}}", "expect.message: {claims: {colour: blue}}"),
        ("expect.message: {claims: {colour: {present: no}}}", "token.mint: {ue: alice, claims: {colour: blue}}"),
        ("expect.message: {without: [Contact;colour]}", "expect.message: {headers: {Contact;colour: blue}}"),
        (
            "expect.message: {parts: [{xml: {//colour: {present: no}}}]}",
            "expect.message: {parts: [{xml: {//colour: blue}}]}",
        ),
    ],
)
def test_what_another_step_speaks_of_may_be_missing(denied: str, found: str) -> None:
    """As there, or put there by the scenario; else its author is asked to."""
    assert len(faults(with_step(denied))) == 1
    assert parse(with_step(denied, found), Path("s.yaml"), "s.yaml")


@pytest.mark.parametrize(
    "denied",
    [
        "expect.http: {path: /token, without: [colour]}",
        "expect.no_http: /somebody/elses",
        "expect.no_message: {parts: [application/vnd.example.own]}",
        "expect.message: {without: [Contact;+g.own]}",
        f"expect.message: {{parts: [{{xml: {{//v:val-client-id: {{present: no}}}}, {VAL}}}]}}",
    ],
)
def test_what_anybody_may_call_in_his_own_way_is_taken(denied: str) -> None:
    """Unless it is as good as something that is known."""
    assert parse(with_step(denied), Path("s.yaml"), "s.yaml")


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        ("//v:a: {present: no}", "urn:val:ns:val-nifo:1.0 is no namespace that is known (did you mean"),
        ("count(//v:a): 0", "is no namespace that is known"),
        ("//a: {present: no}", "looks for a in no namespace"),
        ('"not(//*[@b=1]/c)": true', "looks for c in no namespace"),
    ],
)
def test_a_path_that_finds_nothing_is_in_a_namespace_that_there_is(xml: str, why: str) -> None:
    """Without a prefix, or with a slip in what it stands for, it finds nothing in any document."""
    spaces = VAL.replace("info", "nifo", 1).replace("val-info", "val-nifo") if "v:" in xml else ""
    [fault] = faults(with_step(f"expect.message: {{parts: [{{xml: {{{xml}}}, {spaces}}}]}}"))
    assert why in fault


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (
            "expect.no_message: {from: valserver, to: idms}",
            ".to: idms speaks no SIP (expected another, or `expect.http`",
        ),
        ("expect.no_message: {from: partner.kms}", ".from: partner.kms speaks no SIP"),
        ("expect.no_http: {from: core, to: valserver}", ".from: core speaks no HTTP"),
        ("expect.no_message: {status: 299}", ".status: 299 is no status that is known"),
        ("expect.no_http: {status: 299}", ".status: 299 is no status that is known"),
    ],
)
def test_what_nobody_sends_is_not_asked_not_to_come(step: str, why: str) -> None:
    """It is told with what is meant, most likely."""
    [fault] = faults(with_step(step))
    assert why in fault
