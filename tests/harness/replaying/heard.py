"""What a core tells a VAL server, and what that answers: made up, with times and tokens, for the judge."""

from harness.evidence import Evidence, Seen, Spot
from tests.valkit.tokens.support import EC, GRANT, NOW
from valkit.carriers import val_info
from valkit.sip import Hop, Request, Response
from valkit.tokens import mint

CORE, SERVER = Hop("udp", "192.0.2.3", 5060), Hop("udp", "192.0.2.9", 5070)
ALICE, BOB = "sip:alice@home.example", "sip:bob@home.example"
TOKEN = mint(EC, GRANT)
CLIENT = "urn:uuid:00000000-0000-0000-0000-000000000001"


def told(impu: str = ALICE, cseq: int = 1, token: str = TOKEN, expires: int = 3_600, **more: str) -> Request:
    """Make a third-party REGISTER; without a token if that is empty."""
    fields = {
        "Via": f"SIP/2.0/UDP 192.0.2.3;branch=z9hG4bK{impu[4:7]}{cseq}{expires}",
        "From": "<sip:scscf@home.example>;tag=s",
        "To": f"<{impu}>",
        "Call-ID": impu[4:9],
        "CSeq": f"{cseq} REGISTER",
        "Contact": "<sip:192.0.2.3>",
        "Expires": str(expires),
        **more,
    }
    content_type, body = val_info(token, CLIENT) if token else (None, b"")
    return Request.create("REGISTER", "sip:val@home.example", fields.items(), body, content_type)


def published(cseq: int, token: str = TOKEN, **more: str) -> Request:
    """Make a PUBLISH of alice's."""
    fields = {
        "Via": f"SIP/2.0/UDP 192.0.2.3;branch=z9hG4bKpub{cseq}",
        "From": f"<{ALICE}>;tag=a",
        "To": f"<{ALICE}>",
        "Call-ID": "publish",
        "CSeq": f"{cseq} PUBLISH",
        "Event": "poc-settings",
        "P-Asserted-Identity": f"<{ALICE}>",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    content_type, body = val_info(token, CLIENT) if token else (None, b"")
    return Request.create("PUBLISH", ALICE, fields.items(), body, content_type)


def evidence(*exchanges: tuple[Request, Response | None], every: float = 1.0) -> Evidence:
    """Have each request arrive and be answered, so many seconds apart, from NOW on."""
    seen: list[Seen] = []
    for number, (request, answer) in enumerate(exchanges):
        at = NOW + number * every
        seen.append(Seen(Spot(f"frame {2 * number + 1}", at, CORE, SERVER), request))
        if answer is not None:
            seen.append(Seen(Spot(f"frame {2 * number + 2}", at + 0.01, SERVER, CORE), answer))
    return Evidence(tuple(seen))
