"""Values to test with: each has what a test does not care about filled in."""

from seal.idms.records import Client, Code, Refresh, Session, User

NOW = 1_700_000_000.0


def client(client_id: str = "phone") -> Client:
    """Give a public client with a loopback redirect."""
    return Client(client_id, redirect_uris=("http://127.0.0.1/callback",))


def user(user_id: str = "alice", *services: str) -> User:
    """Give a user of these VAL services."""
    return User(user_id, f"{user_id}@val.example", val_service_ids=services)


def code(code_hash: str = "c1", family: str = "f1", user_id: str = "alice", client_id: str = "phone") -> Code:
    """Give a code for a minute."""
    return Code(
        code_hash=code_hash,
        family=family,
        client_id=client_id,
        redirect_uri="http://127.0.0.1/callback",
        user_id=user_id,
        scope="openid",
        challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        acr="3gpp:acr:password",
        auth_time=NOW - 5,
        expires=NOW + 60,
        nonce="n-0S6_WzA2Mj",
    )


def refresh(token_hash: str = "r1", family: str = "f1", user_id: str = "alice", client_id: str = "phone") -> Refresh:
    """Give a refresh token for an hour."""
    return Refresh(
        token_hash=token_hash,
        family=family,
        client_id=client_id,
        user_id=user_id,
        scope="openid",
        acr="3gpp:acr:password",
        auth_time=NOW - 5,
        expires=NOW + 3600,
    )


def session(session_hash: str = "s1", user_id: str = "alice") -> Session:
    """Give a log-in for ten minutes."""
    return Session(session_hash, user_id, "3gpp:acr:password", NOW - 5, NOW + 600)
