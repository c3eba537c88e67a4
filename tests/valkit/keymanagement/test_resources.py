"""Paths of a key management server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valkit.keymanagement.support import times, uris
from valkit.keymanagement.errors import KeyManagementError, NoResource, Unreadable
from valkit.keymanagement.resources import ROOT, CertCache, Init, KeyProv, Provision, Resource, checked_uri, read

RESOURCES = (
    st.just(Init())
    | st.builds(KeyProv)
    | st.builds(KeyProv, uris, st.none() | times)
    | st.builds(CertCache, st.none() | st.integers(0, 999_999_999))
    | st.builds(Provision, uris)
)


@given(RESOURCES)
def test_a_path_is_read_as_it_was_written(resource: Resource) -> None:
    """Whatever characters the URI has, a slash among them."""
    assert read(resource.path) == resource


def test_the_example_of_the_standard() -> None:
    """TS 33.180 D.2.1, example 4."""
    path = f"{ROOT}/keyprov/sip%3Auser%40example.org/D6B4323200000000"
    assert read(path) == KeyProv("sip:user@example.org", 1_393_144_754.0)


@pytest.mark.parametrize(
    "path", ["", "/", ROOT, f"{ROOT}/", f"{ROOT}/init/", f"{ROOT}/init/more", f"/x{ROOT}/init", f"{ROOT}/cert"]
)
def test_where_there_is_nothing(path: str) -> None:
    """A path that is none of these."""
    with pytest.raises(NoResource):
        read(path)


@pytest.mark.parametrize(
    "rest", ["keyprov/", "keyprov/%FF", "keyprov/a%20b", "keyprov/alice/soon", "certcache/x", "provision/%00"]
)
def test_what_cannot_be_read(rest: str) -> None:
    """The resource is known, what is said in it is not."""
    with pytest.raises(Unreadable):
        read(f"{ROOT}/{rest}")


@given(st.text())
def test_any_path_is_a_resource_or_an_error_of_ours(path: str) -> None:
    """Nothing else comes of it."""
    for each in (path, f"{ROOT}/{path}", f"{ROOT}/keyprov/{path}"):
        try:
            read(each)
        except KeyManagementError:
            continue


@pytest.mark.parametrize("text", ["", "a b", "a\n", "a" * 256, "\N{FULLWIDTH LATIN SMALL LETTER A}lice", "\ud800"])
def test_a_uri_that_is_not_fit(text: str) -> None:
    """Among them one that a UID could not tell from another's: UIDs are made of Normalization Form KC."""
    with pytest.raises(Unreadable):
        checked_uri(text)
