from seal.idms.records import Client, Refresh, Service, User, family_of, jti_in, made_at, serial_at
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


def test_a_jti_tells_when_its_token_was_made() -> None:
    """To the microsecond; one that does not say was made long ago, and so is ended with all that its user had."""
    assert abs(made_at(jti_in("f1", serial_at(1_700_000_000.123456, "x-y"))) - 1_700_000_000.123456) < 2e-6
    for jti in ("f1.a", "f1", "", "f1.z-a", "f1.-a", f"f1.{'f' * 99}-a"):
        assert made_at(jti) == 0.0
