"""The descriptions of both servers, and the servers held against them."""

from collections.abc import Iterator
from typing import Any

import pytest

from seal.management.openapi import description
from tests.described import Server, holds, operations, serving
from tests.harness.commands.documented import config
from tests.seal.management.parts import ISSUER, KEY, SCOPES, Start
from valkit.documents import GroupDocument, UserProfile, group, profile
from valkit.tokens import Grant, mint

CMS, GMS = description("seal.cms"), description("seal.gms")
POLICY: Any = {"callbacks": {"networks": ["127.0.0.0/8"]}}
"""So that more can be had than refusals."""
FIRE = "sip:fire@home.example"
KNOWN = {
    "service": "ptt",
    "user": "alice",
    "group": FIRE,
    "val_service_id": "ptt",
    "group_id": FIRE,
    "callback_uri": "https://127.0.0.1:1/changed",
    profile.MEDIA_TYPE: bytes(UserProfile()),
    group.MEDIA_TYPE: bytes(GroupDocument(FIRE, ("ptt",), administrators=("alice",), members=("alice",))),
}
TOKEN = mint(KEY, Grant(ISSUER, "seal", "alice", ("ptt",), "j", 1.7e9, 1e9, scope=SCOPES))


@pytest.fixture(scope="module")
def cms_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a configuration management server."""
    with serving("cms", config(tmp_path_factory.mktemp("cms"), "cms", **POLICY, users_write_profiles=True)) as running:
        yield running


@pytest.fixture(scope="module")
def gms_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a group management server."""
    with serving("gms", config(tmp_path_factory.mktemp("gms"), "gms", **POLICY, anybody_creates=True)) as running:
        yield running


def test_both_have_what_both_do_and_their_own() -> None:
    """Under one title each."""
    assert CMS["info"]["title"] != GMS["info"]["title"]
    common = {"/subscriptions", "/subscriptions/{identity}", "/xcap/xcap-caps/global/index"}
    assert common == CMS["paths"].keys() & GMS["paths"].keys()
    assert "/groups" in GMS["paths"]


async def test_a_server_serves_its_description(cms: Start) -> None:
    """To anybody."""
    scene = await cms()
    answer = await scene.asks("GET", "/openapi.json", who=None)
    assert (answer.status, answer.media_type) == (200, "application/json")


@pytest.mark.parametrize("operation", operations(CMS), ids=lambda each: each.label)
@pytest.mark.parametrize("token", [TOKEN, "none"], ids=["token", "no token"])
def test_configuration_management_does_what_it_says(cms_server: Server, operation: Any, token: str) -> None:
    """Whatever is asked."""
    holds(cms_server, operation, token, examples=20, known=KNOWN)


@pytest.mark.parametrize("operation", operations(GMS), ids=lambda each: each.label)
@pytest.mark.parametrize("token", [TOKEN, "none"], ids=["token", "no token"])
def test_group_management_does_what_it_says(gms_server: Server, operation: Any, token: str) -> None:
    """Whatever is asked."""
    holds(gms_server, operation, token, examples=20, known=KNOWN)
