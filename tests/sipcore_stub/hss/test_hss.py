import pytest
from attrs import evolve

from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss.hss import Flag, Hss, Identity, Subscriber
from tests.sipcore_stub.parts import BARRED, IMPI, IMPU, WORK, Notes, card, subscriber
from valkit.aka.errors import MacFailure
from valkit.aka.password import Password
from valkit.aka.sequence import LAYOUT, Layout, Window
from valkit.aka.vectors import accept, build_auts
from valkit.ids import SeededIds


@pytest.fixture
def notes() -> Notes:
    """Give what the HSS tells to."""
    return Notes()


@pytest.fixture
def hss(notes: Notes) -> Hss:
    """Give an HSS that knows Alice only."""
    return Hss([subscriber()], SeededIds("hss"), notes)


def test_each_vector_is_fresh(hss: Hss) -> None:
    """RAND differs each time, and a USIM takes one vector after the other."""
    window, rands = Window(), set[bytes]()
    for _ in range(40):
        vector = hss.vector(IMPI)
        sqn = accept(card(), vector.rand, vector.autn).sqn
        assert window.accepts(sqn)
        window = window.taken(sqn)
        rands.add(vector.rand)
    assert len(rands) == 40


def test_a_vector_has_the_amf_of_the_subscriber(hss: Hss) -> None:
    """AMF stands in AUTN as configured."""
    assert hss.vector(IMPI).autn[6:8] == b"\x80\x00"


def test_an_auts_moves_the_sequence_number(hss: Hss, notes: Notes) -> None:
    """After a valid AUTS the next vector is just ahead of the USIM."""
    sqn_ms = LAYOUT.join(77, 7)
    rand = hss.vector(IMPI).rand
    hss.synchronise(IMPI, rand, build_auts(card(), rand, sqn_ms))
    vector = hss.vector(IMPI)
    assert accept(card(), vector.rand, vector.autn).sqn == LAYOUT.after(sqn_ms)
    assert notes.of("synchronised") == ["synchronised"]


def test_a_wrong_auts_moves_nothing(hss: Hss) -> None:
    """An AUTS for another challenge is no reason to change a counter."""
    rand = hss.vector(IMPI).rand
    with pytest.raises(MacFailure):
        hss.synchronise(IMPI, rand, build_auts(card(), bytes(16), LAYOUT.join(77, 7)))
    vector = hss.vector(IMPI)
    assert accept(card(), vector.rand, vector.autn).sqn == LAYOUT.after(LAYOUT.after(0))


def test_the_hss_counts_as_the_card_does() -> None:
    """IND and Delta are the subscriber's: without IND each SQN is one further, and a jump beyond Delta is set back."""
    hss = Hss([evolve(subscriber(), sqn=5000, layout=Layout(0), delta=1000)], SeededIds("hss"), Notes())
    vectors = [hss.vector(IMPI) for _ in range(2)]
    assert [accept(card(), each.rand, each.autn).sqn for each in vectors] == [5001, 5002]
    hss.synchronise(IMPI, vectors[1].rand, build_auts(card(), vectors[1].rand, 3))
    vector = hss.vector(IMPI)
    assert accept(card(), vector.rand, vector.autn).sqn == 4


def test_whoever_has_a_password_has_no_sequence_numbers() -> None:
    """The vector is a nonce and the password; an AUTS is refused as a wrong one is."""
    without = evolve(subscriber(), functions=Password(b"open sesame"))
    hss = Hss([without], SeededIds("hss"), Notes())
    first, second = hss.vector(IMPI), hss.vector(IMPI)
    assert (first.autn, first.keys.res) == (b"", b"open sesame")
    assert first.rand != second.rand
    with pytest.raises(MacFailure):
        hss.synchronise(IMPI, first.rand, bytes(14))


def test_the_flag_is_readable_and_its_changes_are_told(hss: Hss, notes: Notes) -> None:
    """Only a change is told, with the IMPI and the flag in words."""
    assert hss.flag(IMPI) is Flag.NOT_REGISTERED
    for flag in (Flag.PENDING, Flag.PENDING, Flag.REGISTERED):
        hss.mark(subscriber().key, flag)
    assert hss.flag(IMPI) is Flag.REGISTERED
    assert notes.told == [
        ("hss", "flag", {"impi": IMPI, "flag": "pending"}),
        ("hss", "flag", {"impi": IMPI, "flag": "registered"}),
    ]


@pytest.mark.parametrize("impu", [IMPU, WORK, BARRED])
def test_an_identity_has_its_owner(hss: Hss, impu: str) -> None:
    """Each identity of the set leads to the subscriber."""
    assert hss.owner(impu).impi == IMPI
    assert hss.subscriber(IMPI, impu).impi == IMPI


def test_what_is_not_known_is_refused(hss: Hss) -> None:
    """An unknown IMPI, an unknown IMPU, and a pair that does not belong together."""
    for act in (lambda: hss.vector("bob"), lambda: hss.flag("bob"), lambda: hss.owner("sip:bob@home.example")):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.cause is Cause.UNKNOWN_USER
    with pytest.raises(Refused) as refused:
        hss.subscriber(IMPI, "sip:bob@home.example")
    assert refused.value.cause is Cause.NOT_THEIR_IMPU


def test_barred_identities_are_not_spoken_of() -> None:
    """The default identity is the first that is not barred, and stands in for those that are."""
    alice = subscriber()
    assert alice.associated == (IMPU, WORK)
    assert (alice.public(BARRED), alice.public(WORK)) == (IMPU, WORK)


def test_a_subscriber_may_have_barred_identities_only() -> None:
    """Then there is nobody to speak of."""
    hidden = Subscriber(IMPI, card(), b"\x80\x00", 0, (Identity(BARRED, barred=True),))
    assert hidden.public(BARRED) is None


def test_a_subscriber_does_not_show_its_keys() -> None:
    """Neither K nor OPc is in what a log would print."""
    assert "functions" not in repr(subscriber())


def test_two_sets_of_one_card() -> None:
    """Each implicit set has its own identities and flag; the sequence number and the overall flag are the card's."""
    second = evolve(subscriber(), identities=(Identity("sip:alice.night@home.example"),))
    hss = Hss([subscriber(), second], SeededIds("hss"), Notes())
    assert hss.subscriber(IMPI, "sip:alice.night@home.example").associated == ("sip:alice.night@home.example",)
    assert hss.of(second.key) == second
    assert hss.owner(IMPU).key == subscriber().key
    hss.mark(second.key, Flag.REGISTERED)
    hss.mark(subscriber().key, Flag.PENDING)
    assert hss.flag(IMPI) is Flag.REGISTERED
    assert hss.vector(IMPI).autn != hss.vector(IMPI).autn


def test_a_set_of_which_all_are_barred_registers_nobody() -> None:
    """There is no identity to serve (TS 29.228 6.1.1)."""
    barred = evolve(subscriber(), identities=(Identity(BARRED, barred=True),))
    with pytest.raises(Refused) as refused:
        Hss([barred], SeededIds("hss"), Notes()).subscriber(IMPI, BARRED)
    assert refused.value.cause is Cause.BARRED
