import pytest

from tests.ue_sim.pjsua.child.talking import Child, child


def answered(running: Child, status: int, *headers: tuple[str, str]) -> str:
    """Answer what is sent next, and give the status line that came of it."""
    request = running.sends()
    running.answers(request.answer(status, headers=headers))
    text: str = running.says()["response"]
    return text.partition("\r\n")[0]


def test_a_challenge_is_handed_over() -> None:
    """PJSIP has no credentials, and answers none by itself."""
    with child() as running:
        running.says()
        running.orders()
        challenge = 'Digest realm="home.example", nonce="AA==", algorithm=AKAv1-MD5, qop="auth"'
        assert answered(running, 401, ("WWW-Authenticate", challenge)) == "SIP/2.0 401 Unauthorized"
        running.orders(headers=[["Authorization", 'Digest username="a"'], ["Authorization", "Bearer x"]], body="b")
        request = running.sends()
        assert request.headers.all("Authorization") == ('Digest username="a"', "Bearer x")


def test_an_interval_that_is_too_brief_is_left_to_us() -> None:
    """PJSIP would send its own REGISTER, without our headers; and the next one has the Expires that is ordered."""
    with child() as running:
        running.says()
        running.orders()
        assert answered(running, 423, ("Min-Expires", "900")) == "SIP/2.0 423 Interval Too Brief"
        running.orders(expires=900)
        assert running.sends().headers.all("Expires") == ("900",)


def test_expires_is_written_once_whatever_was_granted_before() -> None:
    """PJSIP leaves it out where it is what was granted, and would write a second one where it is not."""
    with child() as running:
        running.says()
        asked = []
        for expires, granted in ((600, 600), (600, 300), (60, 60), (0, 0), (600, 600)):
            running.orders(expires=expires)
            request = running.sends()
            asked.append(request.headers.all("Expires"))
            contact = ("Contact", f"<sip:alice@127.0.0.1:5060>;expires={granted}")
            running.answers(request.answer(200, headers=[contact] if granted else []))
            running.says()
        assert asked == [("600",), ("600",), ("60",), ("0",), ("600",)]


def test_nothing_is_registered_anew_by_itself() -> None:
    """When the time of a registration has come is the phone's business."""
    with child() as running:
        running.says()
        running.orders(expires=1)
        assert answered(running, 200, ("Contact", "<sip:alice@127.0.0.1:5060>;expires=1")) == "SIP/2.0 200 OK"
        number = running.orders(expires=5)
        assert answered(running, 200) == "SIP/2.0 200 OK"
        assert number == 2


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_via_names_the_port_that_is_listened_at(transport: str) -> None:
    """Also over a connection, so that the network knows the phone again (RFC 3261 18.1.1)."""
    with child(transports=["udp", "tcp"]) as running:
        port = running.says()["ready"]
        running.orders(routes=[running.connected_route if transport == "tcp" else running.route])
        assert running.sends(transport).via.port == port


def test_a_contact_that_is_a_star_leaves_everything() -> None:
    """Expires is 0 then."""
    with child() as running:
        running.says()
        running.orders(everywhere=True, expires=0)
        request = running.sends()
        assert (request.headers.get("Contact"), request.headers.all("Expires")) == ("*", ("0",))


def test_registrations_leave_nothing_behind() -> None:
    """Two thousand, and as many ends, need no more memory and files than two hundred did (T4 is short here)."""
    held = []
    with child(timers=(0.5, 4.0, 0.01, 32.0)) as running:
        running.says()
        for number in range(2000):
            for expires in (600, 0):
                running.orders(expires=expires)
                answered(running, 200, ("Contact", f"<sip:alice@127.0.0.1:5060>;expires={expires}"))
            if number in {199, 1999}:
                held.append(running.holds)
    (before, files), (after, more_files) = held
    assert after - before < 1024
    assert more_files == files
