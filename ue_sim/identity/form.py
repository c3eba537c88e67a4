"""The log-in form of figure 5.X.2.3.2-1, read without a browser: where it goes, what it asks, what it hides.

HTML is read by lxml without network and up to a size. A form on a page may send elsewhere: where it goes is resolved
here and judged by `same_origin`.
"""

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from attrs import field, frozen
from lxml import html
from lxml.etree import LxmlError

from ue_sim.identity.errors import NotSignedIn, Unusable

LARGEST = 128 * 1024
SHOWN = 300
"""Characters of a page without a form that are shown at most."""
NAME = "username"
PASSWORD = "password"  # noqa: S105  the name of a kind of field
ONE_TIME_CODE = "one-time code"


@frozen
class Answers:
    """What a person would type."""

    user: str
    password: str = field(repr=False)
    one_time_code: str | None = field(default=None, repr=False)


@frozen
class LogInForm:
    """A form that asks for a password or a one-time code."""

    action: str
    """Where it is sent, absolute."""
    hidden: Mapping[str, str] = field(repr=False)
    fields: Mapping[str, str]
    """Names of the fields by what they are for: username, password, one-time code."""

    def filled(self, answers: Answers) -> dict[str, str]:
        """Fill it in. NotSignedIn if it asks for what is not there."""
        typed = {NAME: answers.user, PASSWORD: answers.password, ONE_TIME_CODE: answers.one_time_code}
        filled = dict(self.hidden)
        for what, name in self.fields.items():
            value = typed[what]
            if value is None:
                raise NotSignedIn(f"the form asks for a {what}, and there is none")
            filled[name] = value
        return filled


def log_in_form(page: bytes, url: str) -> LogInForm:
    """Find the form on a page that was got from this address. Unusable if there is none."""
    for form in _forms(page):
        inputs = [each for each in form.iter("input") if each.get("name")]
        fields = {what: str(each.get("name")) for each in inputs if (what := _purpose(each)) is not None}
        if fields.keys() & {PASSWORD, ONE_TIME_CODE} and (form.get("method") or "").lower() == "post":
            hidden = {str(each.get("name")): each.get("value") or "" for each in inputs if _kind(each) == "hidden"}
            return LogInForm(joined(url, form.get("action") or ""), hidden, fields)
    raise Unusable("the page of the identity server has no log-in form")


def same_origin(first: str, second: str) -> bool:
    """Tell whether two addresses are of one scheme, host and port (RFC 6454 4); what is no address is of none."""
    try:
        return _origin(first) == _origin(second)
    except ValueError:
        return False


def joined(base: str, reference: str) -> str:
    """Resolve a reference that a page or a redirect has (RFC 3986 5). Unusable if it is none."""
    try:
        return urljoin(base, reference)
    except ValueError:
        raise Unusable("the identity server leads to what is no address") from None


def words(page: bytes) -> str:
    """Give what a page says to a person, in one line, fit to be shown and short; empty if that cannot be told."""
    try:
        (body,) = _root(page).iter("body")
    except (Unusable, ValueError):
        return ""
    text = " ".join(" ".join(body.itertext()).split())
    return text if text.isprintable() and len(text) <= SHOWN else ""


def _origin(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)


def _forms(page: bytes) -> list[html.HtmlElement]:
    return list(_root(page).iter("form"))


def _root(page: bytes) -> html.HtmlElement:
    if len(page) > LARGEST:
        raise Unusable("the page of the identity server is too large")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        return html.document_fromstring(page, parser=parser)
    except (LxmlError, ValueError):
        raise Unusable("the page of the identity server is not HTML") from None


def _purpose(element: html.HtmlElement) -> str | None:
    """Tell what a field is for: by its type, else by what HTML's autocomplete calls it, else by being first text."""
    kind, autocomplete = _kind(element), (element.get("autocomplete") or "").lower()
    if kind == "password":
        return PASSWORD
    if kind not in {"text", "email", "tel", "number"}:
        return None
    return ONE_TIME_CODE if autocomplete == "one-time-code" else NAME


def _kind(element: html.HtmlElement) -> str:
    return str(element.get("type") or "text").lower()
