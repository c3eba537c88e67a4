"""The discovery document, checked by a library that we did not write, and true of what is served."""

from authlib.oidc.discovery import OpenIDProviderMetadata

from tests.seal.idms.parts import Home


async def test_the_document_is_valid(idms: Home) -> None:
    """By OpenID Connect Discovery 1.0 as Authlib reads it."""
    document = (await idms.browser().get("token", "/.well-known/openid-configuration")).json
    assert document["issuer"] == idms.running.issuer
    metadata = OpenIDProviderMetadata(document)
    for name in ("issuer", "jwks_uri", "response_types_supported", "subject_types_supported"):
        getattr(metadata, f"validate_{name}")()
    metadata.validate_id_token_signing_alg_values_supported()
    metadata.validate_authorization_endpoint()
    metadata.validate_token_endpoint()


async def test_it_is_the_same_for_oauth_clients(idms: Home) -> None:
    """RFC 8414 has another path; both may be cached for a while."""
    browser = idms.browser()
    openid = await browser.get("token", "/.well-known/openid-configuration")
    assert (await browser.get("token", "/.well-known/oauth-authorization-server")).json == openid.json
    assert "max-age" in openid.headers["cache-control"]


async def test_what_it_names_is_there(idms: Home) -> None:
    """Each endpoint at its own site; GET finds each path, if not always the method."""
    document = (await idms.browser().get("token", "/.well-known/openid-configuration")).json
    sites = {str(url): name for name, url in idms.running.addresses.items()}
    for name, url in document.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            base, _, path = url.rpartition("/")
            assert (await idms.browser().get(sites[base], f"/{path}")).status != 404


async def test_it_promises_what_is_safe_only(idms: Home) -> None:
    """Codes with S256, no `none` for those who introspect, iss in every answer."""
    document = (await idms.browser().get("token", "/.well-known/openid-configuration")).json
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["response_types_supported"] == ["code"]
    assert document["grant_types_supported"] == [
        "authorization_code",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ]
    assert "none" not in document["introspection_endpoint_auth_methods_supported"]
    assert document["authorization_response_iss_parameter_supported"]
