from harness.language.known import CLAIMS, FIELDS, MEDIA_TYPES, NAMESPACES, OWN, PARAMETERS, PATHS
from tests.harness.scenes import TOKEN, log_in
from valkit.carriers import val_info
from valkit.carriers.known import MCPTT_INFO
from valkit.sip.auth import Challenge
from valkit.tokens.compact import decode, split
from valkit.tokens.strictjson import read_object
from valkit.trace import Http


def test_what_is_sent_here_is_known() -> None:
    """A token's claims, a challenge's parameters, documents with a token, and all that a log-in says."""
    assert read_object(decode(split(TOKEN.encode()).payload)).keys() <= CLAIMS
    written = 'Digest realm="a", nonce="b", algorithm=AKAv1-MD5, qop="auth", opaque="c", stale=true'
    params = Challenge.parse(written).params
    assert all(params.get(name) for name in ("realm", "nonce", "algorithm", "qop", "opaque", "stale"))
    assert {"realm", "nonce", "algorithm", "qop", "opaque", "stale"} <= PARAMETERS
    assert val_info(TOKEN, "phone")[0] in MEDIA_TYPES
    assert MCPTT_INFO.namespace in NAMESPACES
    spoken = [event for event in log_in() if isinstance(event, Http)]
    assert {name for http in spoken for name in http.fields} <= FIELDS
    assert {http.path for http in spoken} <= PATHS


def test_names_are_written_as_they_are_compared() -> None:
    """In lower case where case does not count, and no known name looks like somebody's own."""
    for names in (PARAMETERS, MEDIA_TYPES):
        assert all(name == name.lower() for name in names)
    assert not any(name.startswith(OWN) for name in PARAMETERS)
