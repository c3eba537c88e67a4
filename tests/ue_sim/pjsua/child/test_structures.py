import ctypes

from ue_sim.pjsua.child.structures import HeaderList, MessageData, RegistrationEvent, RegistrationInfo, Text


def test_a_text_knows_its_bytes() -> None:
    """PJSIP's texts have a length and no end."""
    text = Text.of("é")
    assert (text.pointer, text.length) == ("é".encode(), 2)


def test_an_empty_list_points_at_itself() -> None:
    """As pj_list_init leaves it."""
    made = HeaderList.empty()
    assert made.next == made.previous == ctypes.addressof(made)


def test_structures_are_laid_out_as_in_c() -> None:
    """Offsets that `offsetof` gives for PJSIP 2.15.1 on a 64-bit machine."""
    assert MessageData.headers.offset == 32
    assert MessageData.content_type.offset == 96
    assert MessageData.body.offset == 112
    assert RegistrationEvent.code.offset == 20
    assert RegistrationEvent.received.offset == 40
    assert RegistrationInfo.interval.offset == 40
