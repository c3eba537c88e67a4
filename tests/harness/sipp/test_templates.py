import pytest

from harness.sipp.templates import Template

REGISTER = """
      REGISTER sip:home.example SIP/2.0
      v: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:[field0]sipp@home.example>;tag=[call_number]
      To: <sip:[field0]sipp@home.example>
      Call-ID: [call_id]
      CSeq: 2 REGISTER
      Expires: 60
      [authentication username=sipp@home.example aka_K=0x00 aka_OP=0x01]
      Content-Type: application/vnd.3gpp.mcptt-info+xml
      Content-Length: [len]

      <mcpttinfo><mcptt-Params><mcptt-access-token>[token]</mcptt-access-token></mcptt-Params></mcpttinfo>
"""


def parse(text: str) -> Template:
    """Read a request."""
    template = Template.parse(text)
    assert template is not None
    return template


def test_a_request_is_read_far_enough() -> None:
    """Whose, for how long, with what keys, and whether there is a token."""
    template = parse(REGISTER)
    assert (template.method, template.user, template.domain, template.expires) == (
        "REGISTER",
        "sipp",
        "home.example",
        60,
    )
    assert template.authentication == {"username": "sipp@home.example", "aka_K": "0x00", "aka_OP": "0x01"}
    assert template.carrier == "mcptt-info"
    assert template.get("Via") is not None
    assert not template.is_third_party
    assert list(template.keywords()) == [("field0", "From"), ("field0", "To")]


def test_keys_may_be_keywords() -> None:
    """As SIPp's documentation has it for CSV files."""
    template = parse("REGISTER sip:[field0 file=a.csv] SIP/2.0\n[authentication username=[field1] password=[field2]]\n")
    assert template.authentication == {"username": "[field1]", "password": "[field2]"}
    assert [word for word, _ in template.keywords()] == ["field0", "field1", "field2"]


@pytest.mark.parametrize(
    ("lines", "user"),
    [
        ("From: <sip:a@h>\nTo: <sip:b@h>", "a"),
        ("From: <[scscf]>\nTo: <sip:b@h>", "b"),
        ("From: <sip:[service]@h>\nTo: <sip:b@h>", "service"),
    ],
)
def test_whose_phone_sends_it(lines: str, user: str) -> None:
    """From says so, of a REGISTER To; [service] is `service` if SIPp is told nothing else."""
    assert parse(f"MESSAGE sip:b@h SIP/2.0\n{lines}\n").user == user
    assert parse(f"REGISTER sip:h SIP/2.0\n{lines}\n").user == "b"


def test_keys_and_tokens_are_in_no_repr() -> None:
    """Whatever is printed of it."""
    assert "aka_K" not in repr(parse(REGISTER))
    assert "access-token" not in repr(parse(REGISTER))


@pytest.mark.parametrize("text", ["", "SIP/2.0 200 OK\nVia: [last_Via:]", "hello", "\n\n"])
def test_anything_but_a_request_is_none(text: str) -> None:
    """An answer, or nothing."""
    assert Template.parse(text) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Expires: 60", "Expires: 0"),
        ("Expires: 60", "Contact: <sip:a>;expires=0"),
        ("Expires: 60", "Contact: *\n      Expires: 0"),
    ],
)
def test_what_ends_a_registration_is_known(old: str, new: str) -> None:
    """In either header."""
    assert not parse(REGISTER).leaves
    assert parse(REGISTER.replace(old, new)).leaves


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("From: <sip:[field0]sipp@home.example>", "From: <sip:scscf.home.example>"),
        ("From: <sip:[field0]sipp@home.example>", "From: <[scscf]>"),
        ("application/vnd.3gpp.mcptt-info+xml", "message/sip"),
    ],
)
def test_a_third_party_register_is_known(old: str, new: str) -> None:
    """By its From, or by what it encloses."""
    assert parse(REGISTER.replace(old, new)).is_third_party


@pytest.mark.parametrize(
    "sender", ["From: <sip:[field0]sipp@[local_ip]:[local_port]>;tag=1", "From: sip:[field0]sipp@[local_ip];tag=1", ""]
)
def test_a_phone_registers_itself_whatever_the_host_of_its_from(sender: str) -> None:
    """SIPp's own address; or without a From."""
    assert not parse(REGISTER.replace("From: <sip:[field0]sipp@home.example>;tag=[call_number]", sender)).is_third_party


def test_a_token_in_a_header_is_known() -> None:
    """RFC 8898."""
    assert parse("PUBLISH sip:a SIP/2.0\nAuthorization: Bearer [token]\n").carrier == "bearer"


def test_an_address_is_no_domain() -> None:
    """Nor is a keyword."""
    for host in ("[remote_ip]:[remote_port]", "192.0.2.1"):
        assert parse(f"REGISTER sip:{host} SIP/2.0\nTo: <sip:a@{host}>\n").domain == ""
