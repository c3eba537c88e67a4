"""Whatever is brought to the two grants between domains: an OAuth error or tokens, and never anything else.

`Server.ask` catches OAuthError alone, so any other exception, which a site would answer with a 500, fails a test here.
"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.seal.idms.domains import AWAY, HOME, NOW, Domains
from tests.seal.idms.parts import claims

PATIENT = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXT = st.one_of(st.text(max_size=20), st.sampled_from(["alice", "zoe", "app", HOME, AWAY, f"{AWAY}/token"]))
NUMBER = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([NOW, NOW + 60, NOW - 29, NOW + 3600, 10**400, -(10**400), 1e308]),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBER, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)
CLAIMS = st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "x"]), JSON, max_size=4)
HEADER = st.dictionaries(st.sampled_from(["typ", "kid", "alg", "crit", "jwk", "b64"]), JSON, max_size=2)
FORM = st.dictionaries(
    st.sampled_from(["resource", "audience", "scope", "subject_token", "subject_token_type", "actor_token"]),
    st.one_of(st.none(), TEXT, st.sampled_from(["openid", "urn:ietf:params:oauth:token-type:access_token"])),
    max_size=4,
)


@pytest.fixture(scope="module")
def domains(tmp_path_factory: pytest.TempPathFactory) -> Domains:
    """Give two domains that welcome everybody."""
    folder: Path = tmp_path_factory.mktemp("domains")
    made = Domains(folder)
    made.away.change_partner(HOME, pattern="{subject}@home", guest_services=("rescue",))
    return made


def well_answered(answer: Any) -> bool:
    """Whether it is an error of the standards, with a sentence that shows nothing that was sent, or tokens."""
    if "access_token" in answer:
        return True
    return set(answer) == {"error", "error_description"} and answer["error_description"].isascii()


@PATIENT
@given(said=CLAIMS, header=HEADER)
def test_a_token_that_the_home_domain_signed_may_say_anything(
    domains: Domains, said: dict[str, Any], header: dict[str, Any]
) -> None:
    """Its operator may have other software, or a bad day."""
    token = domains.forged(header=header, **said)
    answer = domains.bring(token)
    assert well_answered(answer)
    if "access_token" in answer:
        assert claims(str(answer["access_token"]))["iss"] == AWAY


@PATIENT
@given(text=st.one_of(TEXT, st.binary(max_size=60).map(lambda data: data.decode("latin-1"))), scope=TEXT)
def test_what_is_brought_may_be_no_token_at_all(domains: Domains, text: str, scope: str) -> None:
    """Then nobody is looked for."""
    assert domains.bring(text or "x", scope=scope or None)["error"] in {"invalid_grant", "invalid_scope"}


@PATIENT
@given(form=FORM)
def test_an_exchange_may_be_asked_for_in_any_way(domains: Domains, form: dict[str, Any]) -> None:
    """What comes of it is for the partner that there is, or an error."""
    answer = domains.exchange(**form)
    assert well_answered(answer)
    if "access_token" in answer:
        assert claims(str(answer["access_token"]))["aud"] == ["app", AWAY]
