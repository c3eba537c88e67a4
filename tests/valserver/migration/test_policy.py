"""What is agreed, both ways."""

from valserver.migration.policy import Partner, Policy


def test_guests_are_known_by_mapping_or_pattern() -> None:
    """Our own users are nobody's guests."""
    policy = Policy("partner", {"home": Partner(guests={"visitor-7": "alice"}, pattern=("x-", "@home"))})
    assert policy.guest("visitor-7") == ("home", "alice")
    assert policy.guest("x-bob@home") == ("home", "bob")
    for own in ("alice", "x-@home", "bob@home", "x-bob", "x-@hom"):
        assert policy.guest(own) is None
    assert Policy("partner", {"home": Partner()}).guest("visitor-7") is None


def test_a_user_of_theirs_is_one_of_ours() -> None:
    """Who is named is not meant by the pattern besides."""
    policy = Policy("partner", {"home": Partner(guests={"visitor-7": "alice"}, pattern=("", "@home"))})
    assert policy.guest("alice@home") is None
    assert policy.guest("bob@home") == ("home", "bob")


def test_who_may_go_is_named_or_everybody() -> None:
    """To domains with which that is agreed."""
    policy = Policy("home", {"partner": Partner(frozenset({"alice"})), "third": Partner(frozenset({"*"}))})
    assert [policy.lets_go(user, "partner") for user in ("alice", "bob")] == [True, False]
    assert policy.lets_go("bob", "third")
    assert not policy.lets_go("alice", "fourth")
