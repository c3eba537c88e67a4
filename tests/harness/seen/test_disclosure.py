from json import dumps, loads

import pytest
from attrs import evolve

from harness.seen.disclosure import HIDDEN, MOST, of_answer, of_request, tokens_of_answer, tokens_of_request
from tests.harness.scenes import TOKEN
from tests.ue_sim.keys.kms import HOME, NUMBER, PROVISIONED
from valkit.documents import GroupDocument, GroupMembership, UserProfile
from valkit.documents.group import MEDIA_TYPE as GROUP
from valkit.documents.profile import MEDIA_TYPE as PROFILE
from valkit.keymanagement.requests import KmsRequest
from valkit.keymanagement.responses import KmsError, KmsKeyProv, KmsResponse

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json; charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


def answer(fields: dict[str, str], body: bytes) -> dict[str, str]:
    """Tell of an answer with these header fields."""
    return of_answer(lambda name: fields.get(name, ""), body)


def request(url: str, fields: dict[str, str], body: bytes = b"") -> dict[str, str]:
    """Tell of a request with these header fields."""
    return of_request(url, lambda name: fields.get(name, ""), body)


def test_a_query_is_told() -> None:
    """What is known to be harmless as it is; what tells nothing not at all."""
    told = request(
        "https://idms/authorize?response_type=code&client_id=phone&state=xyz&nonce=abc&code_challenge=d&cause=", {}
    )
    assert told == {"response_type": "code", "client_id": "phone", "code_challenge": "d"}


@pytest.mark.parametrize(
    "name", ["password", "otp", "code", "code_verifier", "client_secret", "refresh_token", "never_heard_of"]
)
def test_what_may_be_a_secret_is_hidden(name: str) -> None:
    """In a form, in JSON and in a redirect; that it was there is told."""
    for told in (
        request("https://idms/token", FORM, f"{name}=s3cr3t".encode()),
        answer(JSON, dumps({name: "s3cr3t"}).encode()),
        answer({"Location": f"https://phone/?{name}=s3cr3t"}, b""),
    ):
        assert told == {name: HIDDEN}


def test_tokens_are_told_by_their_claims() -> None:
    """For whom and for what; the token itself is nowhere."""
    told = answer(JSON, dumps({"access_token": TOKEN, "expires_in": 300}).encode())
    assert told == {"access_token": "alice in dispatch", "expires_in": "300"}


def test_a_token_that_cannot_be_read_is_hidden() -> None:
    """An opaque one, in a revocation."""
    assert request("https://idms/revoke", FORM, b"token=opaque") == {"token": HIDDEN}


def test_a_form_is_told_by_what_it_asks() -> None:
    """Hidden fields are nothing that a person is asked."""
    page = b"""<form><input type="hidden" name="csrf" value="s3cr3t">
    <input name="username"><input type=password name=password></form>"""
    assert answer(HTML, page) == {"form": "username, password"}


def test_keys_are_told_by_their_algorithms() -> None:
    """One word for each."""
    assert answer(JSON, dumps({"keys": [{"alg": "ES256"}, {"kty": "RSA"}]}).encode()) == {"keys": "ES256, RSA"}


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"keys": 7}', b"\xff", b"[" * 90_000 + b"]" * 90_000])
def test_what_cannot_be_read_is_no_fault(body: bytes) -> None:
    """A broken answer is told as far as it can be."""
    assert not any(answer(JSON, body).values())


def test_a_redirect_to_no_address_is_no_fault() -> None:
    """It says nothing, and the answer is told all the same."""
    assert answer({"Location": "https://[::1/?state=1", **JSON}, b'{"error": "no"}') == {"error": "no"}


def test_a_page_of_open_tags_is_read_once() -> None:
    """Each of them was looked for an end of up to the end of the page."""
    assert answer(HTML, b"<input name=" * 20_000 + b"<input name=user>") == {"form": "user"}


def test_what_is_told_of_a_message_has_bounds() -> None:
    """A name of a page in length is not told, nor are thousands, nor keys by what is no word."""
    assert answer(JSON, dumps({"x" * 201: 1, "error": "no"}).encode()) == {"error": "no"}
    assert len(answer(JSON, dumps({f"error{number}": 1 for number in range(5_000)}).encode())) == MOST
    assert answer(JSON, b'{"keys": [{"kty": "\\ud800"}]}') == {"keys": HIDDEN}


def test_a_token_is_told_whole_but_for_its_signature() -> None:
    """In a form, in JSON, and as the bearer's; by the name of where it stands."""

    def header(name: str) -> str:
        return {"Authorization": f"Bearer {TOKEN}", **FORM}.get(name, "")

    found = tokens_of_request("https://idms/token", header, f"subject_token={TOKEN}&code=s3cr3t".encode())
    found |= tokens_of_answer(lambda name: JSON.get(name, ""), dumps({"id_token": TOKEN, "expires_in": 300}).encode())
    assert found.keys() == {"Authorization", "subject_token", "id_token"}
    for parts in found.values():
        assert loads(parts)["claims"]["val_user_id"] == "alice"
        assert TOKEN.rpartition(".")[2] not in parts


def test_key_management_is_told_without_keys() -> None:
    """Which message, whose keys of which periods, or why not; a request by who asks."""
    kind = {"Content-Type": "application/xml"}
    keys = HOME.key_set("alice", NUMBER)
    response = KmsResponse("alice", "kms.home.example", 1.0, "/", message=KmsKeyProv((keys,)))
    told = answer(kind, bytes(response))
    assert told == {"message": "KmsKeyProv", "user": "alice", "periods": str(NUMBER)}
    refused = KmsResponse("alice", "kms.home.example", 1.0, "/", error=KmsError(403, "not yours"))
    assert answer(kind, bytes(refused)) == {"error_description": "not yours"}
    asked = KmsRequest("alice", "kms.home.example", 1.0, "/", keys=(PROVISIONED,))
    assert request("https://kms/", kind, bytes(asked)) == {"user": "alice", "provisioned": "gmk-1"}
    assert answer(kind, b"<x/>") == {}


def test_which_group_it_is_about_is_no_secret() -> None:
    """Nor which VAL service, which groups somebody has, and when a migration was asked for."""
    assert request("https://gms/group-keys?val_service_id=dispatch&group_id=sip:fire", {}) == {
        "val_service_id": "dispatch",
        "group_id": "sip:fire",
    }
    assert answer(JSON, dumps({"group_ids": ["sip:fire", "sip:ice"]}).encode()) == {"group_ids": "sip:fire sip:ice"}
    told = {"id": "one", "asked_at": 7, "user_profile": 0}
    assert answer(JSON, dumps(told).encode()) == {name: str(value) for name, value in told.items()}


def test_documents_are_told_by_who_is_in_them() -> None:
    """A profile by its groups, a group by its people; one that is broken not at all."""
    group = GroupDocument("sip:fire", ("dispatch",), administrators=("bob",), members=("alice", "bob"))
    profile = UserProfile(0, "day", groups=(GroupMembership("sip:fire"),))
    assert answer({"Content-Type": GROUP}, bytes(group)) == {"members": "alice bob", "administrators": "bob"}
    assert answer({"Content-Type": PROFILE}, bytes(profile)) == {"profile": "day", "groups": "sip:fire"}
    assert answer({"Content-Type": GROUP}, b"<a/>") == answer({"Content-Type": PROFILE}, b"") == {}


def test_what_was_provisioned_is_told_by_its_names() -> None:
    """A group's key apart from a user's; without keys there is no word of any."""
    kind = {"Content-Type": "application/xml"}
    keys = (PROVISIONED, evolve(PROVISIONED, key_id="gmk-2", group=True))
    given = KmsResponse("gms", "kms.home.example", 1.0, "/", message=KmsKeyProv((), keys))
    told = answer(kind, bytes(given))
    assert told == {"message": "KmsKeyProv", "user": "gms", "provisioned": "gmk-1", "group_keys": "gmk-2"}
    none = evolve(given, message=KmsKeyProv(()))
    assert answer(kind, bytes(none)) == {"message": "KmsKeyProv", "user": "gms"}
