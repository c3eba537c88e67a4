from seal.idms.records import (
    FIRST,
    Client,
    Eras,
    Partner,
    Refresh,
    Service,
    User,
    eras_of,
    family_of,
    jti_in,
    serial_in,
)
from tests.seal.idms.kept import refresh


def test_a_jti_names_its_family() -> None:
    """And a jti that was not made here is a name of its own."""
    assert family_of(jti_in("f1", "3.14")) == "f1"
    assert family_of("foreign") == "foreign"


def test_services_and_users_of_a_mapping_have_one_order() -> None:
    """However they were given: a store may keep them in any."""
    assert User("a", "a", val_service_ids=["ptt", "data", "ptt"]).val_service_ids == ("data", "ptt")
    assert Service("ptt", ["b", "a", "b"]).val_user_ids == ("a", "b")


def test_no_representation_shows_what_proves_somebody() -> None:
    """Not even the hashes: a short password could be guessed from one."""
    shown = [
        Client("c", secret_hash="5ecret"),
        User("a", "a", password_hash="5ecret", totp_secret="5ecret"),
        refresh("5ecret"),
    ]
    assert isinstance(shown[2], Refresh)
    assert "5ecret" not in repr(shown)


def test_a_jti_tells_on_which_eras_its_token_rests() -> None:
    """One that does not say is of the first ones, and so is over with the first end of all that its user had."""
    assert eras_of(jti_in("f1", serial_in(Eras(3, 14), "x-y"))) == Eras(3, 14)
    for jti in ("f1.a", "f1", "", "f1.1-a", "f1.1.x", "f1..1.a", "f1.-1.1.a", f"f1.{'1' * 99}.1.a", "f1.65c-ab-c"):
        assert eras_of(jti) == FIRST


def test_what_rests_on_an_earlier_era_is_over() -> None:
    """Of the user or of the client; a later one that somebody else sees already is not."""
    for then, now, over in [
        ((0, 0), (0, 0), False),
        ((0, 0), (1, 0), True),
        ((5, 1), (5, 2), True),
        ((2, 1), (1, 1), False),
    ]:
        assert Eras(*then).over(Eras(*now)) == over


def test_a_pattern_leads_from_one_foreign_user_to_one_account() -> None:
    """Of the partner's own; who stands in its table comes by the table."""
    partner = Partner("https://h.example", pattern="h-{subject}@x", guests={"bob": "visitor"}, keys="k")

    def own(name: str) -> User:
        return User(name, "a", partner=partner.issuer)

    assert partner.by_pattern(own("h-alice@x")) == "alice"
    for name in ("h-bob@x", "h-@x", "alice@x", "h-alice", "h-h@y"):
        assert partner.by_pattern(own(name)) is None
    assert partner.by_pattern(User("h-alice@x", "a")) is None
    assert Partner("https://h.example").by_pattern(own("alice")) is None
    assert [partner.admits(own(name)) for name in ("visitor", "h-alice@x", "h-bob@x")] == [
        True,
        True,
        False,
    ]
