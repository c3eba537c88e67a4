import json

import pytest
from lxml import etree

from tests.seal.management.parts import Scene, Start, operates, token
from tests.valkit.xcap.rfc4825 import CAPS_SCHEMA, ERROR_SCHEMA
from valkit.documents import GroupMembership, UserProfile
from valkit.documents.profile import MEDIA_TYPE, NAMESPACE
from valkit.tokens import SigningKey
from valkit.xcap import ATTRIBUTE, BINDINGS, CONFLICT, ELEMENT, Condition, ConflictReport

PATH = "/xcap/ptt/users/alice/user-profile"
PROFILE = bytes(UserProfile(1, "day", groups=(GroupMembership("sip:fire@home.example"),)))


async def given(scene: Scene) -> str:
    """Have the operator put alice's profile; give its tag."""
    assert (await operates(scene, "PUT", PATH, PROFILE, Content_Type=MEDIA_TYPE))[0] == 201
    answer = await scene.asks("HEAD", PATH)
    return answer.header("ETag") or ""


async def test_a_profile_that_was_put_is_got(cms: Start) -> None:
    """Octet for octet, with its type and its tag, and no cache may keep it unasked."""
    scene = await cms()
    etag = await given(scene)
    answer = await scene.asks("GET", PATH)
    assert (answer.status, answer.body, answer.media_type) == (200, PROFILE, MEDIA_TYPE)
    assert answer.header("ETag") == etag
    assert answer.header("Cache-Control") == "private, no-cache"
    again = await scene.asks("GET", PATH, headers={"If-None-Match": etag})
    assert (again.status, again.body, again.header("ETag")) == (304, b"", etag)


async def test_parts_of_it_are_got(cms: Start) -> None:
    """An element, an attribute, bindings."""
    scene = await cms()
    await given(scene)
    name = await scene.asks("GET", f"{PATH}/~~/seal-user-profile/profile-name")
    assert (name.status, name.media_type, name.body) == (200, ELEMENT, b"<profile-name>day</profile-name>")
    index = await scene.asks("GET", f"{PATH}/~~/seal-user-profile/@user-profile-index")
    assert (index.media_type, index.body) == (ATTRIBUTE, b'"1"')
    query = "xmlns(g=urn:val:ns:user-profile:1.0)"
    group = await scene.asks("GET", f"{PATH}/~~/*/profile-configuration/on-network/g:groups/g:group/@uri?{query}")
    assert group.body == b'"sip:fire@home.example"'
    bindings = await scene.asks("GET", f"{PATH}/~~/seal-user-profile/namespace::*")
    assert bindings.media_type == BINDINGS
    assert NAMESPACE.encode() in bindings.body


@pytest.mark.parametrize(
    ("bearer", "status", "challenge"),
    [
        (token("alice", key=SigningKey.generate("ES256")), 401, 'error="invalid_token"'),
        (token("alice", aud="another"), 401, 'error="invalid_token"'),
        (token("alice", exp=1), 401, 'error="invalid_token"'),
        (token("alice", scope="openid"), 403, 'scope="3gpp:seal:config_management_service"'),
        (token("alice", "other"), 403, None),
        (token("bob"), 403, None),
    ],
)
async def test_who_may_not_is_told_so(cms: Start, bearer: str, status: int, challenge: str | None) -> None:
    """Wrong signature, audience or time: 401; without scope or service, or another's: 403 (TS 24.547 A.2.3)."""
    scene = await cms()
    await given(scene)
    answer = await scene.asks("GET", PATH, bearer=bearer)
    assert answer.status == status
    assert (answer.header("WWW-Authenticate") or "").count(challenge or "error") == (challenge is not None)
    assert b"day" not in answer.body


async def test_who_brings_nothing_is_refused(cms: Start) -> None:
    """403, and an asserted identity of just anybody counts for nothing."""
    scene = await cms()
    await given(scene)
    assert (await scene.asks("GET", PATH, who=None)).status == 403
    asserted = {"X-3GPP-Asserted-Identity": '"ptt"'}
    assert (await scene.asks("GET", PATH, who=None, headers=asserted)).status == 403


async def test_a_trusted_proxy_may_say_that_a_val_server_asks(cms: Start) -> None:
    """Of its own VAL service, reading only."""
    scene = await cms(access={"trusted_peers": ["127.0.0.0/8"]})
    await given(scene)
    for identity, status in (("ptt", 200), ("other", 403)):
        headers = {"X-3GPP-Asserted-Identity": f'"{identity}"'}
        assert (await scene.asks("GET", PATH, who=None, headers=headers)).status == status
    headers = {"X-3GPP-Asserted-Identity": '"ptt"', "Content-Type": MEDIA_TYPE}
    assert (await scene.asks("PUT", PATH, PROFILE, who=None, headers=headers)).status == 403


async def test_a_user_changes_the_own_profile_where_policy_lets(cms: Start) -> None:
    """And nobody else's; where it does not, only reads it."""
    scene = await cms(users_write_profiles=True)
    assert (await scene.puts(PATH, PROFILE, MEDIA_TYPE)).status == 201
    where = f"{PATH}/~~/seal-user-profile/profile-name"
    changed = await scene.puts(where, b"<profile-name>night</profile-name>", ELEMENT)
    assert (changed.status, changed.body) == (200, b"")
    answer = await scene.asks("GET", PATH)
    assert UserProfile.read(answer.body).name == "night"
    assert answer.header("ETag") == changed.header("ETag")
    assert (await scene.puts(PATH, PROFILE, MEDIA_TYPE, "bob")).status == 403
    other = await cms()
    await given(other)
    assert (await other.puts(PATH, PROFILE, MEDIA_TYPE)).status == 403


async def test_of_two_who_change_one_state_one_is_told(cms: Start) -> None:
    """412, and the other's change stays (RFC 4825 7.11)."""
    scene = await cms(users_write_profiles=True)
    etag = await given(scene)
    first = await scene.puts(PATH, UserProfile(1, "first"), MEDIA_TYPE, If_Match=etag)
    second = await scene.puts(PATH, UserProfile(1, "second"), MEDIA_TYPE, If_Match=etag)
    assert (first.status, second.status) == (200, 412)
    assert UserProfile.read((await scene.asks("GET", PATH)).body).name == "first"
    assert (await scene.puts(PATH, PROFILE, MEDIA_TYPE, If_None_Match="*")).status == 412


@pytest.mark.parametrize(
    ("path", "body", "kind", "condition"),
    [
        (PATH, b"<a>", MEDIA_TYPE, Condition.NOT_WELL_FORMED),
        (PATH, b"<a>\xff</a>", MEDIA_TYPE, Condition.NOT_UTF8),
        (PATH, b'<seal-user-profile xmlns="urn:3gpp:ns:seal:SealUserProfile:1.0"/>', MEDIA_TYPE, Condition.SCHEMA),
        (f"{PATH}-7", PROFILE, MEDIA_TYPE, Condition.CONSTRAINT),
        (f"{PATH}/~~/seal-user-profile/x", b"<x>", ELEMENT, Condition.NOT_XML_FRAGMENT),
        (f"{PATH}/~~/seal-user-profile/x", b"<y/>", ELEMENT, Condition.CANNOT_INSERT),
        (f"{PATH}/~~/seal-user-profile/@x", b"y", ATTRIBUTE, Condition.NOT_ATTRIBUTE_VALUE),
    ],
)
async def test_a_conflict_is_reported(cms: Start, path: str, body: bytes, kind: str, condition: Condition) -> None:
    """As RFC 4825 11 has it, by its schema; the document stays as it was."""
    scene = await cms(users_write_profiles=True)
    await given(scene)
    answer = await scene.puts(path, body, kind)
    assert (answer.status, answer.media_type) == (409, CONFLICT)
    ERROR_SCHEMA.assertValid(etree.fromstring(answer.body))
    assert ConflictReport.read(answer.body).condition is condition
    assert (await scene.asks("GET", PATH)).body == PROFILE


async def test_of_a_missing_parent_the_nearest_one_is_told(cms: Start) -> None:
    """As a URI (RFC 4825 11.1)."""
    scene = await cms(users_write_profiles=True)
    none = await scene.puts(f"{PATH}/~~/seal-user-profile/a", b"<a/>", ELEMENT)
    assert ConflictReport.read(none.body).ancestor == "/xcap/ptt/users/alice"
    await given(scene)
    query = "?xmlns(p=urn:3gpp:ns:seal:SealUserProfile:1.0)"
    deep = await scene.puts(f"{PATH}/~~/p:seal-user-profile/p:a/b{query}", b"<b/>", ELEMENT)
    assert ConflictReport.read(deep.body).ancestor == f"{PATH}/~~/p:seal-user-profile{query}"
    wrong = await scene.puts(f"{PATH}/~~/other/a", b"<a/>", ELEMENT)
    assert ConflictReport.read(wrong.body).ancestor == PATH


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", PATH, 405),
        ("PATCH", PATH, 405),
        ("GET", "/xcap/ptt/users/alice/another", 404),
        ("GET", "/xcap/ptt/global/user-profile", 404),
        ("GET", "/xcap/ptt/users/alice/user-profile-256x", 404),
        ("GET", "/xcap/ptt", 404),
        ("GET", "/xcap/ptt/users/alice/%zz", 400),
        ("GET", f"{PATH}/~~/p:a", 400),
        ("GET", f"{PATH}/~~/a[last()]".replace("[", "%5B").replace("]", "%5D"), 404),
        ("GET", "/xcap/ptt/users/%2F%2Falice/user-profile", 403),
        ("GET", "/elsewhere", 404),
    ],
)
async def test_what_there_is_not(cms: Start, method: str, path: str, status: int) -> None:
    """With a sentence; the methods that there are, where it is another one."""
    scene = await cms()
    await given(scene)
    answer = await scene.asks(method, path)
    assert answer.status == status
    assert json.loads(answer.body)["error"]
    assert (answer.header("Allow") or "") == ("GET, HEAD, PUT, DELETE" if status == 405 else "")


async def test_other_media_types_and_large_bodies_are_refused(cms: Start) -> None:
    """415 and 413."""
    scene = await cms(users_write_profiles=True)
    assert (await scene.puts(PATH, PROFILE, "application/xml")).status == 415
    assert (await scene.puts(PATH, b" " * 70_000, MEDIA_TYPE)).status == 413
    assert (await scene.puts(PATH, PROFILE, f"{MEDIA_TYPE}; charset=utf-8")).status == 201


async def test_only_val_services_of_the_server_have_documents(cms: Start) -> None:
    """Others are not there, for the operator either (RFC 4825 8)."""
    scene = await cms(services=["ptt"])
    path = "/xcap/other/users/alice/user-profile"
    assert (await scene.asks("GET", path, bearer=token("alice", "other"))).status == 404
    assert (await operates(scene, "PUT", path, PROFILE, Content_Type=MEDIA_TYPE))[0] == 404


async def test_a_server_tells_what_it_can(cms: Start) -> None:
    """The capabilities document, by its schema (RFC 4825 12); nobody writes it."""
    scene = await cms(services=["ptt"])
    answer = await scene.asks("GET", "/xcap/xcap-caps/global/index")
    CAPS_SCHEMA.assertValid(etree.fromstring(answer.body))
    assert b"<auid>ptt</auid>" in answer.body
    assert NAMESPACE.encode() in answer.body
    assert (await scene.asks("DELETE", "/xcap/xcap-caps/global/index")).status == 405


async def test_a_deleted_document_is_gone(cms: Start) -> None:
    """And can be put again."""
    scene = await cms(users_write_profiles=True)
    etag = await given(scene)
    assert (await scene.asks("DELETE", PATH, headers={"If-Match": '"x"'})).status == 412
    gone = await scene.asks("DELETE", PATH, headers={"If-Match": etag})
    assert (gone.status, gone.header("ETag")) == (200, None)
    assert (await scene.asks("GET", PATH)).status == 404
    assert (await scene.asks("DELETE", PATH)).status == 404
    assert (await scene.puts(PATH, PROFILE, MEDIA_TYPE)).status == 201


async def test_changes_and_refusals_are_noted(cms: Start) -> None:
    """With who it was; nothing of what is in documents or tokens."""
    scene = await cms()
    await given(scene)
    await scene.asks("GET", PATH, bearer=token("bob"))
    assert [(note.what, note.fields.get("by"), note.fields.get("cause")) for note in scene.notes] == [
        ("document created", "operator", None),
        ("document given", "alice", None),
        ("access refused", None, "not_permitted"),
    ]
