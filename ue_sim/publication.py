"""The publisher's side of RFC 3903, pure: what one PUBLISH looks like, and which entity tag comes next.

It knows no token: a body is a body. In TS 24.379 7.2.2 it holds the access
token, and an Expires of 0 is the log-off.
"""

from attrs import define, evolve

from ue_sim.engine import Answer, Body, Publication
from valkit.ids import Ids
from valkit.sip.message import Request

FOREVER = 4_294_967_295
"""2^32-1 s: published until log-off (TS 24.379 7.2.2)."""


def request(publication: Publication, speaker: str, routes: tuple[str, ...], ids: Ids) -> Request:
    """Give the PUBLISH (RFC 3903 4.1) over a preloaded route (TS 24.229 5.1.2A.1.1), in the name of `speaker`."""
    body = publication.body
    return Request.create(
        "PUBLISH",
        publication.uri,
        [*_identity(publication, speaker, ids), *(("Route", route) for route in routes), *_state(publication)],
        body.content if body else b"",
        (body.content_type or None) if body else None,
    )


def _identity(publication: Publication, speaker: str, ids: Ids) -> list[tuple[str, str]]:
    return [
        ("Max-Forwards", "70"),
        ("From", f"<{publication.impu}>;tag={ids.tag()}"),
        ("To", f"<{publication.uri}>"),
        ("Call-ID", ids.call_id()),
        ("CSeq", "1 PUBLISH"),
        ("P-Preferred-Identity", f"<{speaker}>"),
    ]


def _state(publication: Publication) -> list[tuple[str, str]]:
    tag = [("SIP-If-Match", publication.etag)] if publication.etag else []
    beside = publication.body.headers if publication.body else ()
    return [("Event", publication.event), ("Expires", str(publication.expires)), *tag, *beside, *publication.headers]


@define
class EventState:
    """What one UE has published: the entity tag that the next PUBLISH has to match, and the body behind it."""

    _initial: Publication
    """The publication without tag and body: to whom, which event package, for how long."""
    etag: str | None = None
    _body: Body | None = None

    def publish(self, body: Body) -> Publication:
        """Give an initial publication, or the modification of the one that stands (RFC 3903 4.1, 4.4)."""
        return evolve(self._initial, etag=self.etag, body=body)

    def refresh(self) -> Publication:
        """Give the same state for longer: a tag and no body (RFC 3903 4.3)."""
        return evolve(self._initial, etag=self.etag)

    def remove(self) -> Publication:
        """Log-off: a tag, no body, Expires 0 (RFC 3903 4.5)."""
        return evolve(self._initial, etag=self.etag, expires=0)

    def heard(self, publication: Publication, answer: Answer) -> Publication | None:
        """Take note of the answer; gives the publication to send instead when the server asked for another."""
        if answer.ok:
            self._stands(publication, answer)
        elif answer.status == 412 and publication.etag:
            return self._anew(publication)
        elif answer.status == 423:
            return _for_longer(publication, answer)
        return None

    def _stands(self, publication: Publication, answer: Answer) -> None:
        self.etag = answer.response.headers.get("SIP-ETag") if publication.expires else None
        self._body = publication.body or self._body

    def _anew(self, publication: Publication) -> Publication | None:
        """Publish from the start, as the server does not know the tag; not what was to be removed (RFC 3903 4.1)."""
        self.etag = None
        return evolve(publication, etag=None, body=publication.body or self._body) if publication.expires else None


def _for_longer(publication: Publication, answer: Answer) -> Publication | None:
    least = answer.response.headers.get("Min-Expires") or ""
    if not least.isdecimal() or int(least) <= publication.expires:
        return None
    return evolve(publication, expires=int(least))
