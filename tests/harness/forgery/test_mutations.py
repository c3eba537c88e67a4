from attrs import evolve

from harness.forgery.mutations import MUTATIONS, Mutation, planned
from harness.forgery.workshop import Workshop
from valkit.tokens import Grant, SigningKey

WORKSHOP = Workshop(SigningKey.generate(), SigningKey.generate())
GRANT = Grant("https://idms.home.example", "val-server", "alice", ("dispatch",), "t1", 1_800_000_000.0)


def plan(carrier: str, *kinds: str) -> dict[str, Mutation]:
    """Plan these kinds, or all."""
    made = planned(kinds or MUTATIONS, carrier, WORKSHOP, lambda kind: evolve(GRANT, jti=kind))
    return {mutation.kind: mutation for mutation in made}


def test_there_are_many_and_each_travels_in_a_document() -> None:
    """Each has a cause, and is answered 403."""
    found = plan("val-info")
    assert tuple(found) == MUTATIONS
    assert len(found) >= 80
    assert {mutation.status for mutation in found.values()} == {403}
    assert all(mutation.cause for mutation in found.values())


def test_a_token_of_two_lines_is_a_fault_of_its_document() -> None:
    """The document is read before the token is."""
    assert plan("val-info", "folded")["folded"].cause == "xml_not_text"


def test_a_header_holds_no_document_and_no_line_break() -> None:
    """What cannot travel there is not tried there."""
    found = plan("bearer")
    assert not {"doctype", "folded", "oversized"} & found.keys()
    assert {"expired", "padded", "as_json"} <= found.keys()


def test_a_header_is_answered_with_a_challenge_or_refused() -> None:
    """401 where a token was read that does not hold, 403 where none could be read (RFC 6750 2.1)."""
    found = plan("bearer", "expired", "padded", "as_json", "with_a_space")
    assert [(each.cause, each.status) for each in found.values()] == [
        ("expired", 401),
        ("malformed", 401),
        ("body_unreadable", 403),
        ("body_unreadable", 403),
    ]


def test_a_mutation_never_shows_its_token() -> None:
    """Not even one that holds for nothing."""
    [mutation] = plan("val-info", "expired").values()
    assert mutation.token.split(".")[1] not in repr(mutation)
