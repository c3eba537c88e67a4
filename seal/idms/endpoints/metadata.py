"""What the server says of itself: the discovery document (OpenID Connect Discovery 1.0 3, RFC 8414 2)."""

from collections.abc import Iterable, Mapping

from seal.idms.browser.authorize import PROMPTS
from seal.idms.endpoints.token import GRANTS
from seal.idms.proving.clients import ALGORITHMS, METHODS
from seal.idms.proving.methods import Method
from seal.idms.settings import IdmsSettings

AUTHORIZE = "/authorize"
LOGOUT = "/logout"
TOKEN = "/token"  # noqa: S105  a path, no secret
JWKS = "/jwks"
USERINFO = "/userinfo"
REVOKE = "/revoke"
INTROSPECT = "/introspect"
OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"


def discovery(
    settings: IdmsSettings, issuer: str, authorization_url: str, token_url: str, methods: Iterable[Method]
) -> Mapping[str, object]:
    """Give the document; the URLs are those of the two sites, without a path."""
    client_authentication = [method for method in METHODS if settings.public_clients or method != "none"]
    proving = [method for method in METHODS if method != "none"]
    return {
        "issuer": issuer,
        "authorization_endpoint": authorization_url + AUTHORIZE,
        "token_endpoint": token_url + TOKEN,
        "userinfo_endpoint": token_url + USERINFO,
        "end_session_endpoint": authorization_url + LOGOUT,
        "jwks_uri": token_url + JWKS,
        "revocation_endpoint": token_url + REVOKE,
        "introspection_endpoint": token_url + INTROSPECT,
        "scopes_supported": list(settings.scopes),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        "subject_types_supported": ["public"],
        "acr_values_supported": [method.acr for method in methods],
        "prompt_values_supported": sorted(PROMPTS),
        "id_token_signing_alg_values_supported": [settings.tokens.id_algorithm],
        "token_endpoint_auth_methods_supported": client_authentication,
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": client_authentication,
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": proving,
        "introspection_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": _claims(settings),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
    }


def _claims(settings: IdmsSettings) -> list[str]:
    standard = ["iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash"]
    return [*standard, settings.tokens.user_claim, settings.tokens.services_claim]
