"""The figures of the source document as data: what must be seen for each numbered step, in the seed's own words."""

from collections.abc import Mapping

from attrs import evolve

from harness.seen.cast import CMS, CORE, GATEWAY, GMS, HSS, IDMS, KMS, PARTNER, PROXY, SCSCF, UE, VALSERVER, within
from harness.seen.signs import Arrow, Call, Figure, FigureStep, Sign, act

SUCCESS = range(200, 300)
REFUSED = range(400, 500)
REDIRECTED = range(302, 304)
WELL = range(200, 400)
BY_CODE = {"grant_type": "authorization_code"}
GIVEN = frozenset({"id_token", "access_token"})
BINDS = ("bound", "rebound", "moved")


def _publication(valserver: str) -> tuple[Arrow, Arrow]:
    """Give a PUBLISH with a token, and that it was taken."""
    return Arrow(UE, valserver, "PUBLISH", token=True), Arrow(valserver, UE, "PUBLISH", SUCCESS)


REGISTER_FIGURE = Figure(
    "5.X.3.2.2-1",
    "VAL user service authorization with SIP REGISTER",
    (
        FigureStep("1", "REGISTER(IMPI, IMPU)", (Arrow(UE, CORE, "REGISTER", proven=False),)),
        FigureStep(
            "2",
            "Obtains AV from HSS. Sets Registration flag in HSS.",
            (act(HSS, "vector issued"), act(HSS, "flag", flag="pending")),
        ),
        FigureStep("3", "4xx Auth_Challenge(IMPI, RAND, AUTN)", (Arrow(CORE, UE, "REGISTER", REFUSED),)),
        FigureStep("4", "Verifies Auth. Generates Keys and RES", (act(UE, "autn verified"),)),
        FigureStep("5", "REGISTER(IMPI, RES, Token)", (Arrow(UE, CORE, "REGISTER", proven=True),)),
        FigureStep("6", "Verifies RES=XRES", (act(SCSCF, "res verified"),)),
        FigureStep("7", "Update registration-flag to registered.", (act(HSS, "flag", flag="registered"),)),
        FigureStep("8", "2xx Auth_OK", (Arrow(CORE, UE, "REGISTER", SUCCESS),)),
        FigureStep("9", "REGISTER (IMPU, Token)", (Arrow(CORE, VALSERVER, "REGISTER"),)),
        FigureStep(
            "10",
            "Token verification. Identity binding between the signalling layer identities and the VAL user identities.",
            (act(VALSERVER, *BINDS),),
        ),
        FigureStep("11", "2xx Auth_OK", (Arrow(VALSERVER, CORE, "REGISTER", SUCCESS),)),
    ),
)

PUBLISH_FIGURE = Figure(
    "5.X.3.2.3-1",
    "VAL user service authorization with SIP PUBLISH",
    (
        FigureStep("1", "PUBLISH (IMPU, Token)", (Arrow(UE, VALSERVER, "PUBLISH"),)),
        FigureStep(
            "2",
            "Token verification. Identity binding between signalling layer identities and the VAL user identities.",
            (act(VALSERVER, *BINDS),),
        ),
        FigureStep("3", "200 (OK)", (Arrow(VALSERVER, UE, "PUBLISH", range(200, 201)),)),
    ),
)

TUNNEL = FigureStep("1", "UE establishes a secure tunnel with the S-IdMS.", (act(UE, "tls established", peer=IDMS),))
REQUEST = FigureStep(
    "2",
    "UE sends an OpenID Connect Authentication Request to the S-IdMS.",
    (Call(UE, IDMS, "/authorize", fields=frozenset({"client_id", "scope"}), values={"response_type": "code"}),),
)
ANSWERED_WITH_CODE = (
    FigureStep(
        "4",
        "S-IdMS sends an OpenID Connect Authentication Response to the UE containing an authorization code.",
        (Call(IDMS, UE, "/login", REDIRECTED, frozenset({"code"})),),
    ),
    FigureStep(
        "5",
        "UE sends an OpenID Connect Token Request to the S-IdMS, passing the authorization code.",
        (Call(UE, IDMS, "/token", fields=frozenset({"code"}), values=BY_CODE),),
    ),
    FigureStep(
        "6",
        "S-IdMS sends an OpenID Connect Token Response to the UE containing an ID token and an access token.",
        (Call(IDMS, UE, "/token", SUCCESS, GIVEN),),
    ),
)

OIDC_FIGURE = Figure(
    "5.X.2.3.1-1",
    "OpenID Connect (OIDC) flow supporting VAL user authentication",
    (
        TUNNEL,
        REQUEST,
        FigureStep("3", "User Authentication is performed.", (act(IDMS, "logged in"),)),
        *ANSWERED_WITH_CODE,
    ),
)

PASSWORD_FIGURE = Figure(
    "5.X.2.3.2-1",
    "OpenID Connect (OIDC) example using username/password",
    (
        TUNNEL,
        REQUEST,
        FigureStep(
            "3a",
            "S-IdMS sends an HTML form to UE prompting the user for their username & password.",
            (Call(IDMS, UE, "/authorize", SUCCESS, frozenset({"form"})),),
        ),
        FigureStep(
            "3b",
            "UE sends the username & password (as provided by the user) to the S-IdMS.",
            (Call(UE, IDMS, "/login", fields=frozenset({"username", "password"})),),
        ),
        *ANSWERED_WITH_CODE,
    ),
)

LOGGING_IN: tuple[Sign, ...] = (
    act(IDMS, "logged in"),
    *(Call(UE, server, path) for server in (IDMS, PROXY) for path in ("/authorize", "/login")),
    *(Call(PROXY, IDMS, path) for path in ("/authorize", "/login")),
    *(Call(IDMS, asker, path, WELL) for asker in (UE, PROXY) for path in ("/authorize", "/login")),
    *(Call(PROXY, UE, path, WELL) for path in ("/authorize", "/login")),
)
"""What user authentication consists of, directly or by way of the proxy."""

PARTNER_IDMS = within(PARTNER, IDMS)
GRANT = "urn:ietf:params:oauth:grant-type:"
EXCHANGED = frozenset({"subject_token", "resource"})
BROUGHT = frozenset({"assertion"})

EXCHANGE_FIGURE = Figure(
    "5.X.4.2-2",
    "Token exchange procedure",
    (
        FigureStep(
            "1",
            "Authorization code flow with the primary S-IdMS.",
            (
                Call(UE, IDMS, "/token", fields=frozenset({"code"}), values=BY_CODE),
                Call(IDMS, UE, "/token", SUCCESS, GIVEN),
            ),
            also=LOGGING_IN,
        ),
        FigureStep(
            "2",
            "Token exchange request to the primary S-IdMS, with the access token and the partner S-IdMS.",
            (Call(UE, IDMS, "/token", fields=EXCHANGED, values={"grant_type": f"{GRANT}token-exchange"}),),
        ),
        FigureStep(
            "3",
            "Token exchange response with the security token.",
            (Call(IDMS, UE, "/token", SUCCESS, frozenset({"access_token", "issued_token_type"})),),
        ),
        FigureStep(
            "4",
            "Token request to the partner S-IdMS, with the security token.",
            (Call(UE, PARTNER_IDMS, "/token", fields=BROUGHT, values={"grant_type": f"{GRANT}jwt-bearer"}),),
        ),
        FigureStep(
            "5",
            "Token response with the access token for the partner domain.",
            (Call(PARTNER_IDMS, UE, "/token", SUCCESS, frozenset({"access_token"})),),
        ),
    ),
)

PARTNER_VALSERVER, PARTNER_GATEWAY = within(PARTNER, VALSERVER), within(PARTNER, GATEWAY)
MIGRATIONS = "/migrations/*"
ASKED = {"act": "migrate"}
ANSWERED = frozenset({"result"})

MIGRATION_FIGURE = Figure(
    "5.X.5-2",
    "Service authorization for migration to partner VAL system",
    (
        FigureStep("1", "Migration service authorization request", (Arrow(UE, PARTNER_VALSERVER, "MESSAGE"),)),
        FigureStep("2", "Authorization check", (act(PARTNER_VALSERVER, "migration authorized"),)),
        FigureStep(
            "3",
            "Migration service authorization request",
            (Call(PARTNER_VALSERVER, PARTNER_GATEWAY, MIGRATIONS, values=ASKED),),
        ),
        FigureStep(
            "4", "Migration service authorization request", (Call(PARTNER_GATEWAY, GATEWAY, MIGRATIONS, values=ASKED),)
        ),
        FigureStep(
            "5", "Migration service authorization request", (Call(GATEWAY, VALSERVER, MIGRATIONS, values=ASKED),)
        ),
        FigureStep("6", "Authorization check", (act(VALSERVER, "migration checked"),)),
        FigureStep("7", "Mark VAL service user as migrated to partner system", (act(VALSERVER, "user migrated"),)),
        FigureStep(
            "8", "Migration service authorization response", (Call(VALSERVER, GATEWAY, MIGRATIONS, SUCCESS, ANSWERED),)
        ),
        FigureStep(
            "9",
            "Migration service authorization response",
            (Call(GATEWAY, PARTNER_GATEWAY, MIGRATIONS, SUCCESS, ANSWERED),),
        ),
        FigureStep(
            "10",
            "Migration service authorization response",
            (Call(PARTNER_GATEWAY, PARTNER_VALSERVER, MIGRATIONS, SUCCESS, ANSWERED),),
        ),
        FigureStep(
            "11", "Migration service authorization response", (Arrow(PARTNER_VALSERVER, UE, "MESSAGE", SUCCESS),)
        ),
    ),
)

MIGRATING_FIGURE = Figure(
    "5.X.5-1",
    "Service authorization for migration to partner VAL system",
    (
        *EXCHANGE_FIGURE.steps,
        FigureStep(
            "6",
            "Service authorization for migration to partner VAL system",
            (Arrow(UE, PARTNER_VALSERVER, "MESSAGE"), Arrow(PARTNER_VALSERVER, UE, "MESSAGE", SUCCESS)),
        ),
        FigureStep(
            "7",
            "Service authorization to migration partner domain services",
            (act(PARTNER_VALSERVER, *BINDS),),
            also=_publication(PARTNER_VALSERVER),
        ),
    ),
)

KEYS = "/keymanagement/identity/v1"
PROFILE, GROUP, CONFIGURATION = "/xcap/*/user-profile*", "/xcap/*/byGroupID/*", "/xcap/*/ue-configuration*"


def _proxied(server: str, path: str, *fields: str) -> tuple[Call, ...]:
    """Give a request by way of the proxy and its answer, which has to have these fields."""
    there, back = ((UE, PROXY), (PROXY, server)), ((server, PROXY), (PROXY, UE))
    requests = (Call(source, target, path) for source, target in there)
    return (*requests, *(Call(source, target, path, SUCCESS, frozenset(fields)) for source, target in back))


AUTHORIZATION_STEPS = (
    FigureStep("C-1", "Establish secure tunnel", (act(UE, "tls established", peer=PROXY),)),
    FigureStep(
        "C-2",
        "Key Management Authorization",
        (*_proxied(KMS, f"{KEYS}/keyprov", "periods"), act(KMS, "keys given", periods="?*")),
        also=_proxied(KMS, f"{KEYS}/init"),
        repeats=True,
    ),
    FigureStep(
        "C-3",
        "User Service Authorization",
        (act(VALSERVER, *BINDS),),
        also=(
            *_publication(VALSERVER),
            Arrow(UE, CORE, "REGISTER", token=True),
            Arrow(CORE, VALSERVER, "REGISTER", token=True),
        ),
        repeats=True,
    ),
    FigureStep(
        "C-4",
        "Configuration Management Authorization",
        _proxied(CMS, PROFILE),
        also=_proxied(CMS, CONFIGURATION),
        repeats=True,
    ),
    FigureStep(
        "C-5",
        "Group Management Authorization",
        (*_proxied(GMS, "/groups"), *_proxied(GMS, GROUP), *_proxied(GMS, "/group-keys", "group_keys")),
        repeats=True,
    ),
)
AUTHORIZATION_FIGURE = Figure("5.X.3.1-1", "VAL User service authorization", AUTHORIZATION_STEPS)

AUTHENTICATION_STEPS = (
    FigureStep("A-1", "Establish a secure tunnel", (act(UE, "tls established", peer=(IDMS, PROXY)),)),
    FigureStep("A-2", "User authenticates", (act(IDMS, "logged in"),), also=LOGGING_IN),
    FigureStep(
        "A-3",
        "Deliver unique credential",
        (act(IDMS, "tokens issued"), act(UE, "signed in")),
        also=(
            *(Call(*ends, "/token", values=BY_CODE) for ends in ((UE, IDMS), (UE, PROXY), (PROXY, IDMS))),
            *(Call(*ends, "/token", SUCCESS, GIVEN) for ends in ((IDMS, UE), (IDMS, PROXY), (PROXY, UE))),
        ),
    ),
)
SIGNALLING_STEPS = (
    FigureStep(
        "B-1",
        "SIP Registration and Authentication",
        (
            Arrow(UE, CORE, "REGISTER", proven=True),
            act(SCSCF, "res verified"),
            Arrow(CORE, UE, "REGISTER", SUCCESS),
        ),
        also=(
            Arrow(UE, CORE, "REGISTER"),
            Arrow(CORE, UE, "REGISTER", REFUSED),
            act(HSS, "vector issued", "flag"),
            act(UE, "autn verified"),
        ),
    ),
    FigureStep(
        "B-2",
        "Third party registration",
        (Arrow(CORE, VALSERVER, "REGISTER"), Arrow(VALSERVER, CORE, "REGISTER", SUCCESS)),
    ),
)
WHOLE_FIGURE = Figure(
    "5.X.2-1",
    "VAL user authentication and authorization",
    (*AUTHENTICATION_STEPS, *SIGNALLING_STEPS, *AUTHORIZATION_STEPS),
)

FIGURES: Mapping[str, Figure] = {
    figure.name: figure
    for figure in (
        OIDC_FIGURE,
        PASSWORD_FIGURE,
        REGISTER_FIGURE,
        PUBLISH_FIGURE,
        EXCHANGE_FIGURE,
        MIGRATING_FIGURE,
        MIGRATION_FIGURE,
        AUTHORIZATION_FIGURE,
        evolve(AUTHORIZATION_FIGURE, name="5.X.3.1-1 in another order", ordered=False),
        WHOLE_FIGURE,
        evolve(
            WHOLE_FIGURE,
            name="5.X.2-1, A after B",
            steps=(*SIGNALLING_STEPS, *AUTHENTICATION_STEPS, *AUTHORIZATION_STEPS),
        ),
    )
}
