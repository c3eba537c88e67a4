"""The figures of the source document as data: what must be seen for each numbered step, in the seed's own words."""

from collections.abc import Mapping

from attrs import evolve

from harness.cast import CMS, CORE, GATEWAY, GMS, HSS, IDMS, KMS, PARTNER, PROXY, SCSCF, UE, VALSERVER, within
from harness.signs import Arrow, Call, Figure, FigureStep, act

SUCCESS = range(200, 300)
REFUSED = range(400, 500)
REDIRECTED = range(302, 304)
BINDS = ("bound", "rebound", "moved")

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
        (Call(UE, IDMS, "/token", fields=frozenset({"code"}), values={"grant_type": "authorization_code"}),),
    ),
    FigureStep(
        "6",
        "S-IdMS sends an OpenID Connect Token Response to the UE containing an ID token and an access token.",
        (Call(IDMS, UE, "/token", SUCCESS, frozenset({"id_token", "access_token"})),),
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
                Call(UE, IDMS, "/token", fields=frozenset({"code"}), values={"grant_type": "authorization_code"}),
                Call(IDMS, UE, "/token", SUCCESS, frozenset({"id_token", "access_token"})),
            ),
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
MIGRATIONS = "/migrations/"
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
            "7", "Service authorization to migration partner domain services", (act(PARTNER_VALSERVER, *BINDS),)
        ),
    ),
)

KEYPROV, XCAP = "/keymanagement/identity/v1/keyprov", "/xcap/"

AUTHORIZATION_STEPS = (
    FigureStep("C-1", "Establish secure tunnel", (act(UE, "tls established", peer=PROXY),)),
    FigureStep(
        "C-2",
        "Key Management Authorization",
        (Call(PROXY, KMS, KEYPROV), act(KMS, "keys given"), Call(PROXY, UE, KEYPROV, SUCCESS, frozenset({"periods"}))),
    ),
    FigureStep("C-3", "User Service Authorization", (act(VALSERVER, *BINDS),)),
    FigureStep(
        "C-4",
        "Configuration Management Authorization",
        (Call(PROXY, CMS, XCAP), Call(CMS, PROXY, XCAP, SUCCESS), Call(PROXY, UE, XCAP, SUCCESS)),
    ),
    FigureStep(
        "C-5",
        "Group Management Authorization",
        (
            Call(PROXY, GMS, "/groups"),
            Call(GMS, PROXY, XCAP, SUCCESS),
            Call(PROXY, UE, "/group-keys", SUCCESS, frozenset({"group_keys"})),
        ),
    ),
)
AUTHORIZATION_FIGURE = Figure("5.X.3.1-1", "VAL User service authorization", AUTHORIZATION_STEPS)

AUTHENTICATED = FigureStep("A", "User Authentication", (act(IDMS, "tokens issued"), act(UE, "signed in")))
SIGNALLING_STEPS = (
    FigureStep(
        "B-1",
        "SIP Registration and Authentication",
        (
            Arrow(UE, CORE, "REGISTER", proven=True),
            act(SCSCF, "res verified"),
            Arrow(CORE, UE, "REGISTER", SUCCESS),
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
    (AUTHENTICATED, *SIGNALLING_STEPS, *AUTHORIZATION_STEPS),
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
        evolve(WHOLE_FIGURE, name="5.X.2-1, A after B", steps=(*SIGNALLING_STEPS, AUTHENTICATED, *AUTHORIZATION_STEPS)),
    )
}
