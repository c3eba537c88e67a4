"""Whether a request fits; every way in which it does not is in `test_site`, as a peer meets it."""

import pytest

from seal.kms.asking import Asking, read, require_fit
from seal.kms.errors import Cause, KmsRefused
from seal.kms.rights import Rights
from valkit.keymanagement.requests import KmsRequest
from valkit.keymanagement.resources import ROOT, Init, KeyProv

PATH = f"{ROOT}/keyprov/sip%3aalice%40home.example"
DOCUMENT = KmsRequest("sip:alice@home.example", "kms.x", 100.0, "https://proxy.x/" + PATH.removeprefix("/"))


def test_what_was_asked_is_named_as_the_client_did() -> None:
    """It may have come by a proxy; without a document there is the path alone."""
    assert read("POST", PATH, bytes(DOCUMENT)).url == DOCUMENT.client_req_url
    assert read("POST", PATH, b" \n") == Asking(KeyProv("sip:alice@home.example"), None)
    assert read("POST", f"{ROOT}/init", b"").url == f"{ROOT}/init"


def test_how_a_url_is_escaped_makes_no_difference() -> None:
    """It is the same resource."""
    asking = Asking(KeyProv("sip:alice@home.example"), DOCUMENT)
    require_fit(asking, Rights("sip:alice@home.example", ("dispatch",)), "kms.x", 100.0, 0.0)


def test_a_path_is_told_before_a_method() -> None:
    """What is not there cannot be asked for by POST either."""
    for method, path, cause in (("GET", f"{ROOT}/no", Cause.NO_RESOURCE), ("GET", Init().path, Cause.NOT_POST)):
        with pytest.raises(KmsRefused) as refused:
            read(method, path, b"")
        assert refused.value.cause is cause
