"""valkit.settings.model: from a document to a model, and pydantic's complaints in plain words."""

from textwrap import dedent
from typing import Annotated, Literal

import pytest
from attrs import evolve
from pydantic import Field, ValidationError

from valkit.settings import Duration, Settings, SettingsError, YesNo, documents, read, read_json, validated


class Listener(Settings):
    """Where to listen."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[int, Field(ge=0, lt=65536)]
    """Port to listen on; 0 takes a free one."""


class Tls(Settings):
    """A listener with a certificate."""

    certificate: str
    """File with the certificate."""


class Peer(Settings):
    """Who may send."""

    address: str
    transports: tuple[Literal["udp", "tcp", "tls"], ...] = ()
    timeout: Duration = 30.0


class Server(Settings):
    """A program's settings."""

    name: str
    """What the server calls itself."""
    listen: Listener = Listener(port=5060)
    secure: Listener | Tls | None = None
    peers: tuple[Peer, ...] = ()
    headers: dict[str, str] = Field(default_factory=dict)
    more: Annotated[tuple[Annotated[Peer, "a remark"], ...], Field(max_length=3)] = ()
    groups: dict[str, Peer] = Field(default_factory=dict)
    token: YesNo | Literal["present"] = False


NO_DURATION = "is not a duration (expected one with its unit, such as 500ms, 30s, 10m or 1h)"


def server(text: str) -> Server:
    """Read the settings in this text."""
    return read(Server, dedent(text), "s.yaml")


def faults(text: str) -> list[str]:
    """Say what is wrong with the settings in this text."""
    with pytest.raises(SettingsError) as caught:
        server(text)
    return str(caught.value).splitlines()


def test_a_file_becomes_a_model() -> None:
    """Nested models, lists, durations and yes/no come out typed."""
    got = server("""\
        name: val
        listen: {port: 5061}
        peers: [{address: 10.0.0.1, transports: [udp], timeout: 1m30s}]
        headers: {Expires: 600000, X-Version: 1.10}
        token: yes
        """)
    assert got == Server(
        name="val",
        listen=Listener(port=5061),
        peers=(Peer(address="10.0.0.1", transports=("udp",), timeout=90),),
        headers={"Expires": "600000", "X-Version": "1.10"},
        token=True,
    )


def test_a_model_cannot_be_changed() -> None:
    """Settings are values."""
    with pytest.raises(ValidationError):
        server("name: val").name = "other"


def test_digits_are_text_where_text_is_wanted() -> None:
    """A subscriber key of digits only, or a leading zero, survives."""
    assert server("name: 00112233445566778899001122334455").name == "00112233445566778899001122334455"


def test_every_fault_at_once_each_with_its_place() -> None:
    """One run names all there is to mend, in the order of the lines."""
    assert faults("""\
        listen:
          port: seventy
          hots: 127.0.0.1
        peers:
          - address: [1]
            transports: [udp, tpc]
            timeout: 30
        token: maybe
        """) == [
        "s.yaml:1:1: name: is missing (expected: What the server calls itself.)",
        "s.yaml:2:9: listen.port: is text (expected a whole number)",
        "s.yaml:3:3: listen.hots: is not known (did you mean host?)",
        "s.yaml:5:14: peers[0].address: is a list (expected text; put it in quotes if it is)",
        "s.yaml:6:23: peers[0].transports[1]: is 'tpc' (expected 'udp', 'tcp' or 'tls'; did you mean tcp?)",
        "s.yaml:7:14: peers[0].timeout: " + NO_DURATION,
        "s.yaml:8:8: token: is neither yes nor no (expected yes or no) or is 'maybe' (expected 'present')",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1\n", "s.yaml:1:1: is a list (expected a mapping)"),
        ("val\n", "s.yaml:1:1: is text (expected a mapping)"),
        ("name: a\nlisten:\n", "s.yaml:2:1: listen: is empty (expected a mapping)"),
        ("name: a\nlisten: {port: 70000}\n", "s.yaml:2:16: listen.port: is 70000 (expected less than 65536)"),
        ("name: a\nlisten: {port: 1e400}\n", "s.yaml:2:16: listen.port: is 1e400 (expected a finite number)"),
        (
            f"name: a\nlisten: {{port: {'9' * 5000}}}\n",
            "s.yaml:2:16: listen.port: is too large a number, of 5000 digits (expected a whole number)",
        ),
        ("name: yes\nnmae: b\n", "s.yaml:2:1: nmae: is not known (did you mean name?)"),
        ("name: true\n", "s.yaml:1:7: name: is yes (expected text; put it in quotes if it is)"),
        (
            "name: a\nlisten: {port: 1, zzz: 2}",
            "s.yaml:2:19: listen.zzz: is not known (expected one of: host, port)",
        ),
        (
            "name: a\ngroups: {x: {adress: 1, address: b}}",
            "s.yaml:2:14: groups.x.adress: is not known (did you mean address?)",
        ),
        ("name: {a: b}\n", "s.yaml:1:7: name: is a mapping (expected text; put it in quotes if it is)"),
        (
            "name: a\nmore: [{address: a}, {adress: b, address: c}]",
            "s.yaml:2:23: more[1].adress: is not known (did you mean address?)",
        ),
        ("name: a\n---\nname: b\n", "s.yaml:3:1: begins a second document (expected only one)"),
    ],
)
def test_each_kind_of_fault_has_its_words(text: str, said: str) -> None:
    """What was given, what was expected, and a guess at what was meant."""
    assert faults(text) == [said]


class Keys(Settings):
    """What is signed with."""

    algorithm: Literal["RS256", "ES256", "AKAv1-MD5"] = "ES256"
    listen: Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(min_length=1)] = (1,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("algorithm: HS256", "is 'HS256' (expected 'RS256', 'ES256' or 'AKAv1-MD5')"),
        ("algorithm: ES265", "is 'ES265' (expected 'RS256', 'ES256' or 'AKAv1-MD5'; did you mean ES256?)"),
        ("algorithm: AKAv2-MD5", "is 'AKAv2-MD5' (expected 'RS256', 'ES256' or 'AKAv1-MD5')"),
    ],
)
def test_nobody_means_another_family_of_algorithms(text: str, said: str) -> None:
    """HS256 is no slip for RS256, though all but a letter is the same."""
    with pytest.raises(SettingsError) as caught:
        read(Keys, text, "s")
    assert caught.value.faults[0].message == said


def test_a_list_is_not_too_short_beside_faults_of_what_stands_in_it() -> None:
    """One fault is told, which is the user's; a list that is empty is told."""
    with pytest.raises(SettingsError) as caught:
        read(Keys, "listen: [0]", "s")
    assert [fault.message for fault in caught.value.faults] == ["is 0 (expected greater than 0)"]
    with pytest.raises(SettingsError) as caught:
        read(Keys, "listen: []", "s")
    assert [fault.message for fault in caught.value.faults] == ["is empty (expected at least one)"]


def test_arms_of_a_union_do_not_show_in_paths() -> None:
    """The path is the file's, not the model's."""
    assert "s.yaml:2:1: secure.port: is missing (expected: Port to listen on; 0 takes a free one.)" in faults(
        "name: a\nsecure: {host: x}\n"
    )


def test_a_wrong_value_is_not_repeated() -> None:
    """Text may be a secret, so a fault says what kind of thing it got, not the thing."""
    assert "hunter2" not in "".join(faults("name: a\nlisten: {port: hunter2}\n"))


def test_a_part_can_be_validated_with_places_in_the_whole() -> None:
    """A scenario's step is checked by the model of its verb, its faults keep the file's lines."""
    (document,) = documents("steps:\n  - ue.peer: {address: x, timeout: 5}\n", "a.yaml")
    with pytest.raises(SettingsError) as caught:
        validated(Peer, document, at=("steps", 0, "ue.peer"))
    assert str(caught.value).startswith("a.yaml:2:36: steps[0].ue.peer.timeout: is not a duration")


def test_what_was_made_from_other_parts_is_told_where_those_were_written() -> None:
    """What the author has written in place of them is told there."""
    text = "users: {alice: {tiemout: 5s}}\nserver:\n  groups: {bob: {adress: x}}\n"
    (document,) = documents(text, "a.yaml")
    made = {"name": "a", "groups": {"alice": {"address": "x", "tiemout": "5s"}, "bob": {"adress": "x", "address": "y"}}}
    laid = evolve(document, value={"server": made})
    with pytest.raises(SettingsError) as caught:
        validated(Server, laid, ("server",), {("groups", "alice"): ("users", "alice"), ("groups", "bob"): ("users",)})
    assert [str(fault) for fault in caught.value.faults] == [
        "a.yaml:1:17: users.alice.tiemout: is not known (did you mean timeout?)",
        "a.yaml:3:18: server.groups.bob.adress: is not known (did you mean address?)",
    ]


class Asked(Settings):
    """What a peer asks for."""

    events: tuple[int, ...]
    """Numbers."""


MANY = b'{"events": [' + b",".join([b"{}"] * 20_000) + b"]}"


def test_json_of_a_peer_is_read_with_its_types() -> None:
    """And only the first fault is told, however many there are."""
    assert read_json(Asked, b'{"events": [1, 2]}', "request") == Asked(events=(1, 2))
    for text, told in {
        b'{"events": ["1"]}': "request:1:1: events[0]: is text (expected a whole number)",
        MANY: "request:1:1: events[0]: is a mapping (expected a whole number)",
        b"{": "request:1:1: is no JSON",
        b'{"events": [], "x": 1}': "request:1:1: x: is not known (expected one of: events)",
    }.items():
        with pytest.raises(SettingsError) as caught:
            read_json(Asked, text, "request")
        assert str(caught.value).startswith(told)
