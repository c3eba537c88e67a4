"""Scenarios of SIPp become ours; what comes of those that are shipped with the tests is played in a lab."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.language.places import SHIPPED, Staged, staged
from harness.language.scenario import parse as read_scenarios
from harness.run.play import play
from harness.sipp import converted, read, written
from harness.sipp.converting import CLAUSES
from harness.sipp.reading import Command, Sipp
from tests.harness.sipp.scripts import BODY, KEYS, TOKEN, recv, script, send, steps
from valkit.settings import documents

reactor: Any = the_reactor
SIPP_FILES = (Path(__file__).parents[2] / "sipp").glob("*.xml")
FILES = sorted(file for file in SIPP_FILES if file.stem != "foreign_valserver")
"""Those in which SIPp is a phone or a core; as a VAL server it does nothing by itself."""


def test_request_challenge_and_answer_are_one_step() -> None:
    """The phone answers challenges by itself; the keys are taken over."""
    made = script(
        send("REGISTER"), recv(100, 'optional="true"'), recv(401, 'auth="true"'), send("REGISTER", KEYS), recv(200)
    )
    assert steps(made) == [("ue.register", {"ue": "sipp"}), ("expect.answer", 200)]
    assert (made.phones["sipp"]["k"], made.phones["sipp"]["op"]) == ("1" * 32, "2" * 32)
    assert made.lost == []


def test_a_token_is_minted_in_place_of_the_files() -> None:
    """Once; in its carrier."""
    made = script(send("REGISTER", *TOKEN, body=BODY), recv(200), send("REGISTER", *TOKEN, body=BODY), recv(200))
    assert steps(made) == [
        ("token.mint", {"ue": "sipp"}),
        ("ue.register", {"ue": "sipp", "token": True}),
        ("expect.answer", 200),
        ("ue.reregister", {"ue": "sipp", "token": True}),
        ("expect.answer", 200),
    ]
    assert made.phones["sipp"]["carrier"] == "val-info"


def test_the_op_of_a_phone_that_the_lab_knows_stands_in_place_of_its_opc(tmp_path: Path) -> None:
    """Only one of the two may be there, and the lab's alice has the other."""
    keys = f"[authentication username=alice aka_K=0x{'1' * 32} aka_OP=0x{'2' * 32}]"
    made = script(send("REGISTER", keys).replace("sipp@", "alice@"), recv(200))
    target = tmp_path / "s.yaml"
    target.write_text(written(made))
    [staged_one] = staged(target, str(target))
    alice = staged_one.plan.ues["alice"]
    assert (alice.k, alice.op, alice.opc) == ("1" * 32, "2" * 32, None)


def test_a_refusal_says_what_the_phone_does_otherwise() -> None:
    """403: its keys were wrong on purpose; a 401 that nobody answers: it had none."""
    assert steps(script(send("REGISTER"), recv(403)))[0] == ("ue.register", {"ue": "sipp", "res": "wrong"})
    assert steps(script(send("REGISTER"), recv(401)))[0] == ("ue.register", {"ue": "sipp", "res": "none"})


def test_leaving_and_publishing_want_a_registration() -> None:
    """It is added where the file has none, with a word about it."""
    made = script(send("REGISTER", "Expires: 0"), recv(200))
    assert [verb for verb, _ in steps(made)] == ["ue.register", "ue.deregister", "expect.answer"]
    assert made.lines[0].comment.startswith("added: ")
    made = script(
        send("PUBLISH", "Event: poc-settings", *TOKEN, body=BODY),
        recv(200),
        send("PUBLISH", "SIP-If-Match: x"),
        recv(200),
    )
    assert steps(made)[-3:] == [
        ("expect.answer", 200),
        ("ue.publish", {"ue": "sipp", "token": False, "settings": False}),
        ("expect.answer", 200),
    ]


def test_a_subscription_to_ones_registration_and_what_it_is_told() -> None:
    """The phone answers NOTIFYs by itself."""
    made = script(
        send("SUBSCRIBE", "Event: reg", "Expires: 600"),
        recv(200),
        '<recv request="NOTIFY"/>',
        "<send><![CDATA[\nSIP/2.0 200 OK\n]]></send>",
    )
    assert steps(made)[1:] == [
        ("ue.subscribe", {"ue": "sipp", "expires": 600}),
        ("expect.answer", 200),
        ("expect.message", {"from": "core", "to": "sipp", "method": "NOTIFY"}),
    ]
    assert made.lost == []


def test_a_pause_is_time_that_passes() -> None:
    """Short ones are there for the load alone."""
    pauses = ['<pause milliseconds="5000"/>', '<pause milliseconds="100"/>', '<pause milliseconds="0"/>']
    pauses += ['<pause distribution="fixed" value="2500"/>', '<timewait milliseconds="32000"/>']
    made = script(*pauses)
    assert steps(made) == [("clock.advance", each) for each in ("5s", "100ms", "2500ms", "32s")]
    assert made.lost == []


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (send("INVITE"), "INVITE: no step of ours sends one"),
        (send("SUBSCRIBE", "Event: presence"), "SUBSCRIBE to presence"),
        ('<recv request="INVITE"/>', "a INVITE is awaited"),
        ("<recv/>", "without a status (100 to 699) or a method"),
        ('<recv response="999"/>', "without a status (100 to 699) or a method"),
        (f'<recv response="{"2" * 5_000}"/>', "without a status (100 to 699) or a method"),
        ('<recv request="MESSAGE"/>', "a MESSAGE is awaited, and nothing before in this file makes one come"),
        ('<recv request="NOTIFY"/>', "a NOTIFY is awaited, and nothing before in this file makes one come"),
        ("<pause distribution='uniform'/>", "no fixed length"),
        (f'<pause milliseconds="{"9" * 5_000}"/>', "no fixed length, or too long"),
        ("<sendCmd/>", "<sendCmd> has no counterpart"),
        ("<send><![CDATA[hello]]></send>", "what is sent is no request"),
        ('<recv response="200" next="5" test="1"/>', "next='5', test='1': a scenario of ours goes one way"),
        ('<nop><action><exec command="rm"/></action></nop>', "<exec> has no counterpart"),
        (send("REGISTER").replace("home.example>", "other.example>"), "the domain other.example becomes home.example"),
        (send("REGISTER", "X: 1").replace("sipp@", "[field0]@"), "columns of a CSV file"),
        (send("PUBLISH", "Event: presence"), "a PUBLISH with neither a body nor an entity tag"),
        (send("PUBLISH", "SIP-If-Match: x"), "a PUBLISH with neither a body nor what stands"),
        (send("PUBLISH", "SIP-If-Match: x", "Expires: 0"), "takes back what this file has not published"),
        (send("PUBLISH", "Expires: 0", *TOKEN, body=BODY), "takes back what this file has not published"),
        (send("PUBLISH", "Content-Type: application/pidf+xml", body="<presence/>"), "a body of application/pidf+xml"),
        (send("PUBLISH", "P-Asserted-Identity: <sip:a@b>", body="x"), "the lab's core asserts it"),
        (send("REGISTER", "Content-Type: text/plain", body="hello"), "a body of text/plain in a REGISTER"),
        (send("REGISTER", "Event: reg"), "Event: reg: a REGISTER of ours has none"),
        (send("REGISTER", "Expires: [expires]"), "Expires: [expires]: it is no number here"),
        (send("REGISTER", "Contact: *", "Expires: 0"), "Contact: *: a phone of ours ends its own registration"),
        (send("REGISTER", "Contact: <sip:a@b>;reg-id=1;+g.x"), "Contact: reg-id, +g.x"),
        (send("REGISTER", "P-Charging-Vector: icid-value=1"), "P-Charging-Vector: the lab's core writes it"),
        (send("REGISTER", 'Authorization: Digest response="00"'), "a phone of ours computes its own response"),
        (send("REGISTER", "X-A: 1", "X-A: 2"), "a second X-A: 2"),
        (send("REGISTER", "no header"), "'no header' is no header field"),
        (send("REGISTER", "[field3]"), "[field3] in a line by itself: columns of a CSV file"),
        (send("REGISTER", "X-A: [$1]"), "X-A: [$1]: a variable of SIPp's"),
        (send("REGISTER", "X-A: ${b}"), "what stands in brackets is not known here"),
        (send("REGISTER", "[authentication]"), "[authentication] has no keys, which SIPp is told by -au and -ap"),
        (send("REGISTER", "[authentication aka_K=0x11 aka_OP=0x22]"), "no K and OP of 32 hexadecimal digits"),
        (send("REGISTER", f"{KEYS[:-1]} aka_AMF=0xB9]"), "aka_AMF='b9' is no AMF of 4 hexadecimal digits"),
        (send("SUBSCRIBE", "Event: reg;id=1", "Expires: 60"), "Event: reg;id=1: a phone of ours says reg alone"),
        (send("SUBSCRIBE", "Event: reg").replace("To: <sip:sipp@", "To: <sip:bob@"), "SUBSCRIBE to another's"),
        (send("MESSAGE", "Content-Type: [type]", body="hello [field1]"), "the body: [field1]: columns of a CSV file"),
        (send("MESSAGE", "Content-Type: nothing", body="hello"), "Content-Type: nothing: it is none that is known"),
        (send("REGISTER").replace("<send>", '<send retrans="100">'), "retrans='100'"),
        (send("REGISTER").replace("<send>", '<send lost="10">'), "lost='10': what is lost on the way is said with"),
        ('<recv response="200" timeout="100" ontimeout="9"/>', "timeout='100'"),
        ('<recv response="200" timeout="100" ontimeout="9"/>', "ontimeout='9': a scenario of ours goes one way"),
        ('<recv request="A|B" regexp_match="true"/>', "A|B: an expression for what is awaited"),
        ('<recv response="200" what="1"/>', "what='1' is no attribute of <recv>"),
        ('<nop next="9"/>', "next='9' leads to no label"),
        ('<nop condexec="1"/>', "condexec='1': a scenario of ours does this in any case"),
        ('<pause min="1" max="2"/>', "min='1', max='2'"),
        ("<send><![CDATA[\nSIP/2.0 481 No\n]]></send>", "481 No: our phones answer by themselves"),
    ],
)
def test_what_cannot_be_converted_is_told_with_its_line(command: str, why: str) -> None:
    """And nothing of it is made up in silence."""
    lost = script("<nop/>", command).lost
    assert any(why in each.why and each.line == 3 for each in lost), lost


def test_what_a_phone_does_once_more_by_itself_is_one_step() -> None:
    """Asking for longer after a 423; one that nobody answers is told."""
    brief, longer = send("REGISTER", "Expires: 5"), send("REGISTER", "Expires: 60")
    made = script(brief, recv(423), longer, recv(200))
    assert steps(made) == [("ue.register", {"ue": "sipp", "expires": 5}), ("expect.answer", 200)]
    made = script(send("PUBLISH", *TOKEN, body=BODY), recv(412))
    assert [lost.why for lost in made.lost] == ["412: a phone of ours asks once more by itself"]


def test_a_phone_insists_where_nothing_follows_on_too_little() -> None:
    """It says the same again, since a header is told for the whole step; so the refusal is what it gets."""
    made = script(send("REGISTER", "Expires: 5"), recv(423))
    assert steps(made) == [("ue.register", {"ue": "sipp", "headers": {"Expires": "5"}}), ("expect.answer", 423)]
    made = script(send("PUBLISH", "SIP-If-Match: bogus", "Event: poc-settings", *TOKEN, body=BODY), recv(412))
    told = {"ue": "sipp", "token": True, "settings": False, "headers": {"SIP-If-Match": "bogus"}}
    assert steps(made)[-2:] == [("ue.publish", told), ("expect.answer", 412)]
    assert made.lost == []


def test_no_name_of_a_file_makes_a_scenario_that_is_none() -> None:
    """Neither what cannot be printed, nor what would be a variable."""
    made = script(send("REGISTER"), recv(200), name="a&#10;b&#x2028;${c}")
    assert made.name == "a b $ {c}"


def test_no_text_of_the_file_becomes_a_step() -> None:
    """A line end in an attribute is none in a comment."""
    made = script(send("REGISTER"), recv(200), '<recv request="X&#10;  - program.kill: valserver&#10;#"/>')
    (document,) = documents(written(made), "one.yaml")
    assert isinstance(document.value, dict)
    assert [list(step) for step in document.value["steps"]] == [["ue.register"], ["expect.answer"]]


def test_a_scenario_that_awaits_nothing_asks_for_nothing() -> None:
    """Then nobody could say that it passed."""
    assert not script(send("REGISTER")).asks
    assert not script(send("REGISTER"), recv(100)).asks
    assert script(send("REGISTER"), recv(200)).asks


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_what_comes_of_the_files_here_is_right_and_passes(file: Path, tmp_path: Path) -> None:
    """Each is read as `val check` reads it, with the lab beside it, then played."""
    [(scenario, plan, _)] = _staged(file, tmp_path)
    performance = await play(scenario, plan, reactor)
    performance.judge()


def _staged(file: Path, folder: Path) -> tuple[Staged, ...]:
    (folder / "labs").mkdir()
    (folder / "labs" / "home.yaml").write_text((SHIPPED / "home.yaml").read_text())
    target = folder / f"{file.stem}.yaml"
    target.write_text(written(converted(read(file.read_bytes()), file.name)))
    return staged(target, str(target))


REQUESTS = [f"{method} sip:a@b SIP/2.0\n" for method in ("REGISTER", "PUBLISH", "SUBSCRIBE", "MESSAGE", "INVITE")]
HEADERS = [
    *("To: <sip:a@b>\n", "From: <sip:a@[remote_ip]>\n", "Expires: 0\n", "Expires: 5\n", "Event: reg\n"),
    *(
        "SIP-If-Match: x\n",
        "Contact: *\n",
        "Content-Type: text/x; a\n",
        "Content-Type: application/vnd.val.val-info+xml\n",
    ),
    *("X-A: ${b}\n", "Privacy: id\n", "Max-Forwards: 0\n", "[field0]\n", "\n", "<val-access-token>"),
]
WORDS = st.sampled_from(
    [*REQUESTS, *HEADERS, "SIP/2.0", "To:", "[authentication", "aka_K=0x", f"aka_OP=0x{'1' * 32}", "]", "[", "*", "${"]
)
COMMANDS = st.sampled_from(["send", "recv", "pause", "nop", "label", "timewait", "what"])
NAMES = st.sampled_from(
    ["response", "request", "milliseconds", "optional", "next", "test", "id", "auth", "retrans", "regexp_match"]
)
VALUES = st.sampled_from(
    [
        *("200", "401", "403", "404", "412", "423", "999", "NOTIFY", "MESSAGE", "", "-1", "true", "1"),
        *("9" * 30, "9" * 5_000, "\n  - x: y\n#"),
    ]
)
CHECKS = st.builds(
    lambda header, regexp: Command(
        "ereg", 1, {"search_in": "hdr", "header": header, "regexp": regexp, "check_it": "true"}
    ),
    st.sampled_from(["To:", "Contact:", "X-A:", "", "Nonsense:"]),
    st.sampled_from([".+", ".*", "(", "a|b", "[[:alpha:]]", "${a}"]) | st.text(max_size=4),
)


@given(
    st.lists(
        st.tuples(
            COMMANDS,
            st.dictionaries(NAMES, VALUES, max_size=3),
            st.lists(WORDS | st.text(max_size=8), max_size=12),
            st.lists(CHECKS, max_size=2),
        )
    )
)
def test_no_scenario_makes_it_fail(commands: list[tuple[str, dict[str, str], list[str], list[Command]]]) -> None:
    """Whatever its messages say: steps come of it, or a word about why not; and what is written can be read."""
    row = tuple(
        Command(name, at, told, "".join(words), tuple(checks))
        for at, (name, told, words, checks) in enumerate(commands, 1)
    )
    made = converted(Sipp("one", row), "one.xml")
    assert {line.verb for line in made.lines} <= {*CLAUSES, "clock.advance", "expect.answer", "expect.message"}
    if made.acts and made.asks:
        staged_text = written(made)
        assert read_scenarios(staged_text, Path("one.yaml"), "one.yaml")
