"""Values and strategies for the documents of key management."""

from hypothesis import strategies as st

from valkit.idbased.uid import KeyPeriods
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.errors import KeyManagementError
from valkit.keymanagement.keysets import KeySet, ProvisionedKey
from valkit.keymanagement.resources import checked_uri

CERTIFICATE = Certificate(
    "kms.home.example", KeyPeriods(), b"\x04Z", b"\x04K", "cert1.kms.home.example", "home", 1.0, 9.0
)


def is_uri(text: str) -> bool:
    """Whether it is fit to be the URI of a user."""
    try:
        return checked_uri(text) == text
    except KeyManagementError:
        return False


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)
uris = names.filter(is_uri)
times = st.integers(0, 4_000_000_000).map(float)
octets = st.binary(min_size=1, max_size=257)
certificates = st.builds(
    Certificate,
    names,
    st.builds(KeyPeriods, st.integers(1000, 10**9), st.integers(0, 999)),
    octets,
    octets,
    st.none() | names,
    st.none() | names,
    st.none() | times,
    st.none() | times,
    st.booleans(),
    st.lists(names, max_size=3).map(tuple),
    st.sampled_from(("Root", "External")),
)
key_sets = st.builds(
    KeySet,
    names,
    uris,
    st.binary(min_size=32, max_size=32),
    st.integers(0, 10**9),
    octets,
    octets,
    octets,
    st.none() | times,
    st.none() | times,
    st.none() | names,
    st.none() | names,
    st.booleans(),
    st.lists(names, max_size=3).map(tuple),
)
provisioned = st.builds(ProvisionedKey, names, names, octets, st.none() | times, st.booleans())
