import pytest

from valkit.ids import MAGIC_COOKIE, DerivedIds, Ids, SeededIds, SystemIds


def draw(ids: Ids) -> list[object]:
    """Take one of each."""
    return [ids.branch(), ids.tag(), ids.call_id(), ids.nonce(16)]


def test_a_seed_gives_the_same_row_again() -> None:
    """Two sources from one seed agree for ever; another seed gives another row."""
    one, same, other = SeededIds("lab"), SeededIds("lab"), SeededIds("field")
    assert draw(one) + draw(one) == draw(same) + draw(same)
    assert draw(SeededIds("lab")) != draw(other)


@pytest.mark.parametrize(
    "ids", [SystemIds(), SeededIds(1), DerivedIds(b"secret", b"test")], ids=["system", "seeded", "derived"]
)
def test_nothing_comes_twice(ids: Ids) -> None:
    """A thousand of each kind are all different."""
    rows = [draw(ids) for _ in range(1000)]
    assert all(len(set(column)) == 1000 for column in zip(*rows, strict=True))


@pytest.mark.parametrize(
    "ids", [SystemIds(), SeededIds(1), DerivedIds(b"secret", b"test")], ids=["system", "seeded", "derived"]
)
def test_they_are_long_enough(ids: Ids) -> None:
    """A branch has its cookie and something behind it, a tag 32 bits at least, a nonce the size asked for."""
    assert ids.branch().startswith(MAGIC_COOKIE)
    assert len(ids.branch()) > len(MAGIC_COOKIE) + 16
    assert len(bytes.fromhex(ids.tag())) >= 4
    assert len(bytes.fromhex(ids.call_id())) >= 16
    assert [len(ids.nonce(size)) for size in (0, 1, 16)] == [0, 1, 16]


def test_what_is_derived_depends_on_secret_and_purpose() -> None:
    """The same for both the same, and for nothing else."""
    assert draw(DerivedIds(b"secret", b"one")) == draw(DerivedIds(b"secret", b"one"))
    assert draw(DerivedIds(b"secret", b"one")) != draw(DerivedIds(b"secret", b"two"))
    assert draw(DerivedIds(b"secret", b"one")) != draw(DerivedIds(b"other", b"one"))
