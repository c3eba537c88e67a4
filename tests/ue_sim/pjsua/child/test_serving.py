from tests.ue_sim.pjsua.child.talking import PUBLISH, child


def test_requests_of_several_phones_are_under_way_at_once() -> None:
    """Each is answered under its number, in whatever order."""
    with child() as running:
        running.says()
        numbers = [running.orders(ue, impu=f"sip:{ue}@home.example") for ue in ("a", "b")]
        first = running.sends()
        running.answers(first.answer(403))
        second = running.sends()
        running.answers(second.answer(404))
        said = {each["id"]: each["response"].partition("\r\n")[0] for each in (running.says(), running.says())}
        statuses = {first.from_.uri: "SIP/2.0 403 Forbidden", second.from_.uri: "SIP/2.0 404 Not Found"}
        assert said == {
            number: statuses[f"sip:{ue}@home.example"] for number, ue in zip(numbers, ("a", "b"), strict=True)
        }


def test_a_message_that_is_too_long_goes_nowhere() -> None:
    """PJSIP drops it, REGISTER or PUBLISH; the phone goes on afterwards."""
    with child() as running:
        running.says()
        for more in ({}, PUBLISH):
            number = running.orders(**more, type="text/plain", body="x" * 5000)
            assert running.says() == {"id": number, "none": 503}
        running.orders()
        assert running.sends().method == "REGISTER"


def test_what_pjsip_cannot_read_is_refused() -> None:
    """An order that makes no request is answered, too."""
    with child() as running:
        running.says()
        running.orders(contact="<<>>")
        assert "refused" in running.says()
        running.orders(**PUBLISH | {"impu": "<<>>"})
        assert "refused" in running.says()


def test_the_end_of_its_input_is_its_end() -> None:
    """Also before it was told anything, and with a request under way."""
    with child() as running:
        running.says()
        running.orders()
        running.sends()
        assert running.ends() == 0
