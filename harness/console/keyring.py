"""Keys by hand, for `val ue keys`: fetched with an access token and kept in a file, or taken from that file.

What is wrong ends the command with a sentence and its exit code; no key is shown.
"""

from pathlib import Path
from typing import Any

from harness.explaining import claims_of
from ue_sim.identity.saved import replacing
from ue_sim.keys.client import KeyClient
from ue_sim.keys.errors import Doubtful, KeysError, NoKeys, Refused, Unreachable
from ue_sim.keys.ring import KeyRing
from ue_sim.keys.saved import ring_of, text_of
from ue_sim.keys.settings import KeySettings
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.keymanagement.errors import KeyManagementError
from valkit.net.https import HttpsClient
from valkit.net.serving import leave
from valkit.settings import SettingsError
from valkit.tokens import TokenRejected

CODES = {Unreachable: BAD_ENVIRONMENT, NoKeys: BAD_INPUT, Refused: FAILED, Doubtful: FAILED}
LARGEST = 1 << 20
"""Characters of a file with keys that are read."""


def client_of(settings: KeySettings, reactor: Any, user_agent: str) -> KeyClient:
    """Make the client; leave with a sentence if a file is not there, or of no use."""
    try:
        https = HttpsClient(reactor, settings.trusted(), proxy=settings.proxy)
    except OSError as error:
        leave(
            f"{settings.authority} cannot be read: {error.strerror}. It says who vouches for the key management server "
            "(keys.authority); val idms and val kms make one where they are started.",
            BAD_ENVIRONMENT,
        )
    except ValueError as error:
        leave(str(error), BAD_INPUT)
    return KeyClient(settings.url, settings.kms_uri, https, reactor.seconds, client_id=user_agent)


def user_of(token: str, claim: str) -> str:
    """Say whom a token speaks for; leave with a sentence if it does not say."""
    try:
        user = claims_of(token).get(claim)
    except TokenRejected as error:
        leave(f"The token cannot be read: {error}", BAD_INPUT)
    if not isinstance(user, str):
        leave(f"The token names no VAL user (claim {claim}), and keys are for one.", BAD_INPUT)
    return user


def keep(ring: KeyRing, path: Path) -> None:
    """Write keys to a file for its owner only, in place of an older one."""
    try:
        with replacing(path) as put:
            put(text_of(ring))
    except OSError as error:
        leave(f"{path} cannot be written: {error.strerror}", BAD_ENVIRONMENT)


def kept(path: Path, now: float) -> KeyRing:
    """Read keys from a file; leave with a sentence if they are none, or hold no longer."""
    try:
        with path.open(encoding="utf-8") as file:
            return ring_of(file.read(LARGEST), str(path), now)
    except FileNotFoundError:
        leave(f"There are no keys in {path} yet: val ue keys fetch --config FILE", BAD_ENVIRONMENT)
    except OSError as error:
        leave(f"{path} cannot be read: {error.strerror}", BAD_ENVIRONMENT)
    except (SettingsError, KeyManagementError, UnicodeDecodeError) as error:
        leave(f"{path} is no file of `val ue keys fetch`: {error}", BAD_INPUT)
    except KeysError as error:
        leave(f"{path}: {error}. Fetch keys anew.", FAILED)


def code_of(error: KeysError) -> int:
    """Give the exit code that says what kind of reason it is."""
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), FAILED)
