"""Where requests go."""

import pytest

from seal.proxy.errors import Refusal, Refused
from seal.proxy.routes import Route, Routes
from seal.proxy.target import Target

KMS = Route("kms", ("seal.home.example",), "https://127.0.0.1:1", paths=("/keymanagement/",))
XCAP = Route("xcap", ("seal.home.example",), "https://127.0.0.1:2")
PARTNER = Route("partner", ("*.partner.example",), "https://127.0.0.1:3", methods=frozenset({"GET"}), partner=True)
ROUTES = Routes([KMS, XCAP, PARTNER])


@pytest.mark.parametrize(
    ("authority", "path", "route"),
    [
        ("seal.home.example", "/keymanagement/identity/v1/init", KMS),
        ("seal.home.example", "/keymanagement", XCAP),
        ("seal.home.example", "/dispatch/users/alice", XCAP),
        ("a.partner.example", "/", PARTNER),
        ("a.b.partner.example", "/?x=/keymanagement/", PARTNER),
    ],
)
def test_host_and_longest_path_decide(authority: str, path: str, route: Route) -> None:
    """So servers may share a host; a wildcard stands for every name under it."""
    assert ROUTES.find("GET", Target(authority, path)) is route


@pytest.mark.parametrize("authority", ["partner.example", "xpartner.example", "a.partner.example:8443", "example", ""])
def test_other_hosts_have_no_route(authority: str) -> None:
    """421."""
    with pytest.raises(Refused) as caught:
        ROUTES.find("GET", Target(authority, "/"))
    assert caught.value.refusal is Refusal.UNKNOWN_HOST


def test_a_partner_gets_only_what_the_policy_passes_on() -> None:
    """Method and path."""
    only = Routes([Route("p", ("p",), "https://1", paths=("/a/",), methods=frozenset({"GET"}))])
    for method, path in (("PUT", "/a/b"), ("GET", "/b"), ("GET", "/b?x=/a/")):
        with pytest.raises(Refused) as caught:
            only.find(method, Target("p", path))
        assert caught.value.refusal is Refusal.NOT_FORWARDED
