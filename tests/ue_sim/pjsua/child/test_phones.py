from tests.ue_sim.pjsua.child.talking import PUBLISH, child


def test_phones_come_and_go_in_one_process() -> None:
    """Twenty of them one after another, where PJSIP has room for eight; each with an account of its own."""
    with child() as running:
        running.says()
        for number in range(20):
            for more in ({}, PUBLISH):
                running.orders(f"ue{number}", **more)
                running.answers(running.sends().answer(200))
                assert "response" in running.says()
            running.tells(id=1000 + number, ue=f"ue{number}", verb="forget")
            assert running.says() == {"id": 1000 + number}
        assert running.ends() == 0


def test_identity_and_route_may_change() -> None:
    """The account follows; the route is written as it is ordered."""
    with child() as running:
        running.says()
        for impu, more in (("sip:a@home.example", []), ("sip:b@home.example", ["<sip:orig@192.0.2.1;lr>"])):
            running.orders(**PUBLISH | {"impu": impu, "routes": [running.route, *more]})
            request = running.sends()
            running.answers(request.answer(200))
            running.says()
            assert request.from_.uri == impu
            assert [str(route) for route in request.routes] == [running.route, *more]


def test_a_body_of_parts_is_put_together() -> None:
    """PJSIP writes boundary and lengths."""
    with child() as running:
        running.says()
        parts = [["text/xml", "<a/>"], ["text/plain", "b"]]
        running.orders(**PUBLISH | {"type": "multipart/mixed", "parts": parts})
        request = running.sends()
        assert request.content_type is not None
        assert request.content_type.params.get("boundary")
        assert b"<a/>" in request.body
