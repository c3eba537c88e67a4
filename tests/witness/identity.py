"""An identity server as a real child process, with a client and two users, for witnesses that are not ours."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, HTTPSHandler, build_opener

from argon2 import PasswordHasher
from attrs import frozen

from tests.witness.foreign import program

PASSWORD = "correct horse battery"
SECRET = "s3cr3t-of-the-foreign-server"
TOTP = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The secret of RFC 6238's vectors, in base32."""
RETURN = "http://127.0.0.1:8/callback"
SIGNED_OUT = "http://127.0.0.1:8/signed-out"

CONFIG = """\
authorization: {port: 0}
token: {port: 0}
issuer: ISSUER
tls: {authority: FOLDER/ca}
tokens: {keys: FOLDER/keys}
store: STORE
provisioning: FOLDER/people.yaml
login: {failures: 3, locked: 10m}
"""
PEOPLE = """\
clients:
  - client_id: foreign
    name: Dispatch desk
    redirect_uris: ["RETURN"]
    post_logout_redirect_uris: ["SIGNED_OUT"]
    auth_method: client_secret_basic
    secret_file: FOLDER/secret
    scopes: [openid, "3gpp:seal:val_service"]
users:
  - {user_id: alice, password_hash: "HASH", totp_secret_file: FOLDER/totp, val_service_ids: [dispatch, telemetry]}
  - {user_id: bob, password_hash: "HASH", val_service_ids: [dispatch]}
"""


@frozen
class Idms:
    """Where the server is, and whom to trust to believe it."""

    authorization: str
    token: str
    """Also the issuer, unless it was given another name."""
    authority: Path
    folder: Path


@contextmanager
def idms(folder: Path, name: str = "idms", *, store: str | None = None, issuer: str = "null") -> Iterator[Idms]:
    """Run `val idms` until the test is over; of several on one store each has a name, and all one issuer."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    url = store or f"sqlite:///{folder}/store.sqlite"
    known = {
        "FOLDER": str(folder),
        "STORE": url,
        "ISSUER": issuer,
        "RETURN": RETURN,
        "SIGNED_OUT": SIGNED_OUT,
        "HASH": hashed,
    }
    for file, text in ((f"{name}.yaml", CONFIG), ("people.yaml", PEOPLE), ("secret", SECRET), ("totp", TOTP)):
        for word, value in known.items():
            text = text.replace(word, value)  # noqa: PLW2901  filled in, word by word
        (folder / file).write_text(text)
    log = folder / f"{name}.log"
    with program(["idms", "--config", str(folder / f"{name}.yaml")], "idms is ready", log):
        found = re.search(r"authorization=(\S+) token=(\S+)", log.read_text())
        assert found is not None
        yield Idms(found[1], found[2], folder / "ca" / "authority.pem", folder)


@frozen
class Page:
    """What came back: text to read, or where it leads."""

    text: str
    location: str | None

    @property
    def leads(self) -> dict[str, str]:
        """The parameters that the redirect brings to the client."""
        assert self.location is not None, self.text
        assert self.location.startswith(RETURN)
        return dict(parse_qsl(urlsplit(self.location).query))


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: there is nobody there."""

    def redirect_request(self, *_: object) -> None:
        """Stay."""


class Person:
    """Somebody without a browser of note: cookies, TLS verified, and hands to fill in a form."""

    def __init__(self, server: Idms) -> None:
        context = ssl.create_default_context(cafile=str(server.authority))
        self._opener = build_opener(HTTPSHandler(context=context), HTTPCookieProcessor(CookieJar()), _Stay())
        self._server = server

    def ask(self, url: str, form: dict[str, str] | None = None) -> Page:
        """Ask for an address, or send a form there."""
        try:
            with self._opener.open(url, None if form is None else urlencode(form).encode()) as answer:
                return Page(answer.read().decode(), None)
        except HTTPError as answer:
            with answer:
                return Page(answer.read().decode(), answer.headers["Location"])

    def sign_in(self, url: str, name: str, password: str) -> dict[str, str]:
        """Follow the client's link, fill in the form; gives what is brought to the client."""
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.ask(url).text)
        form = {field: unescape(value) for field, value in hidden}
        sent = {**form, "username": name, "password": password}
        return self.ask(f"{self._server.authorization}/login", sent).leads
