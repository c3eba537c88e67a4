"""What taking the token out of a third-party REGISTER costs, in CPU microseconds, each step beside the whole.

python -m bench.carriers
"""

from collections.abc import Callable
from time import process_time

from bench.tokens import grant
from valkit.carriers import CARRIERS, VAL_INFO, find_tokens, val_info
from valkit.carriers.hardened import well_formed
from valkit.carriers.parts import documents
from valkit.carriers.usual import usual_documents
from valkit.sip.message import Request, parse
from valkit.sip.multipart import Part, build_multipart
from valkit.tokens import SigningKey, mint

ROUNDS, TIMES = 40, 200
CLIENT = "urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF"


def main() -> None:
    """Measure each step and print one row for it."""
    token = mint(SigningKey.generate("RS256"), grant(1))
    data = third_party_register(token)
    message, document = parse(data), val_info(token, CLIENT)[1]
    steps: dict[str, Callable[[], object]] = {
        "index the headers": lambda: parse(data),
        "find the parts, usual shape": lambda: usual_documents(message, CARRIERS),
        "find the parts, any shape": lambda: list(documents(message, CARRIERS)),
        "token out of the document, usual spelling": lambda: VAL_INFO.read(document),
        "document through lxml": lambda: well_formed(document),
        "all of it, from bytes to token": lambda: find_tokens(parse(data)),
    }
    costs = measure(steps)
    print(f"third-party REGISTER of {len(data)} bytes, best of {ROUNDS} rounds, CPU us")
    for name, cost in costs.items():
        print(f"{name:44}{cost:8.1f}")


def third_party_register(token: str) -> bytes:
    """Build the message that a core sends, the UE's REGISTER enclosed."""
    info = Part.create(*val_info(token, CLIENT))
    settings = Part.create("application/poc-settings+xml", b"<poc-settings/>")
    content_type, body = build_multipart([info, settings])
    ue = Request.create("REGISTER", "sip:home.example", headers("alice@home.example", "2"), body, content_type)
    enclosed = Part.create("message/sip", bytes(ue))
    content_type, body = build_multipart([enclosed, Part.create("application/3gpp-ims+xml", b"<ims-3gpp/>")])
    core = headers("scscf.home.example", "1")
    return bytes(Request.create("REGISTER", "sip:val.home.example", core, body, content_type))


def headers(sender: str, number: str) -> list[tuple[str, str]]:
    """Give about as many headers as such a message has."""
    return [
        ("Via", "SIP/2.0/UDP 127.0.0.21;branch=z9hG4bK74bf9"),
        ("Via", "SIP/2.0/UDP 127.0.0.11;branch=z9hG4bK8a31c;rport=5060;received=127.0.0.11"),
        ("Max-Forwards", "68"),
        ("From", f"<sip:{sender}>;tag=9fxced76sl"),
        ("To", "<sip:alice@home.example>"),
        ("Call-ID", "a84b4c76e66710b5"),
        ("CSeq", f"{number} REGISTER"),
        ("Contact", f"<sip:{sender}>"),
        ("Path", "<sip:pcscf.home.example;lr>"),
        ("P-Access-Network-Info", "3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=2621012345678901"),
        ("P-Visited-Network-ID", '"home.example"'),
        ("P-Charging-Vector", 'icid-value="1234bc9876e"; orig-ioi=home.example'),
        ("Expires", "600000"),
    ]


def measure(steps: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Measure all steps in every round, so that they meet the same machine; the best round counts."""
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(ROUNDS):
        for name, step in steps.items():
            best[name] = min(best[name], cost(step))
    return best


def cost(step: Callable[[], object]) -> float:
    """CPU microseconds of one step."""
    begin = process_time()
    for _ in range(TIMES):
        step()
    return (process_time() - begin) / TIMES * 1e6


if __name__ == "__main__":
    main()
