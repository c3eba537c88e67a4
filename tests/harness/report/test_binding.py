from harness.report.binding import bindings
from harness.report.model import Noted


def note(what: str, impu: str = "a", user: str = "alice", services: str = "dispatch", **more: str) -> Noted:
    """Make a note of the VAL server."""
    fields = {"impu": impu, "val_user_id": user, "val_service_ids": services, **more}
    return Noted(kind="note", at=0.0, who="valserver", what=what, fields=fields)


def spans(*events: Noted) -> list[tuple[str, str, int, int | None, str]]:
    """Give IMPU, user, begin, end and why of each binding."""
    return [(one.impu, one.user, one.begins, one.ends, one.ended_by) for one in bindings(events)]


def test_a_binding_stands_from_bound_to_unbound() -> None:
    """Other notes change nothing."""
    found = spans(note("refused"), note("bound"), note("followed"), note("unbound", cause="deregistered"))
    assert found == [("a", "alice", 1, 3, "deregistered")]


def test_a_binding_that_is_not_ended_stands_to_the_end() -> None:
    """It has no end."""
    assert spans(note("bound")) == [("a", "alice", 0, None, "")]


def test_another_user_ends_one_and_begins_another() -> None:
    """At the same event."""
    found = spans(note("bound"), note("rebound", user="bob", cause="another user"))
    assert found == [("a", "alice", 0, 1, "another user"), ("a", "bob", 1, None, "")]


def test_a_new_token_of_the_same_user_goes_on() -> None:
    """With the same services; with other ones it is another binding."""
    assert len(spans(note("bound"), note("rebound", cause="another token"))) == 1
    assert len(spans(note("bound"), note("rebound", services="dispatch video"))) == 2


def test_impus_and_services_are_apart() -> None:
    """Each has its own."""
    found = spans(
        note("bound"), note("bound", impu="b"), note("bound", service="x"), note("unbound", impu="b", cause="c")
    )
    assert [(impu, ends) for impu, _, _, ends, _ in found] == [("a", None), ("b", 3), ("a", None)]
