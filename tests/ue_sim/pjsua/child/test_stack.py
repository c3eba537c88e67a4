import socket

from tests.ue_sim.pjsua.child.talking import child


def test_udp_and_tcp_have_one_port() -> None:
    """What is too large for a datagram goes to the same port over TCP (RFC 3261 18.1.1)."""
    with child(transports=["udp", "tcp"]) as running:
        port = running.says()["ready"]
        with socket.create_connection(("127.0.0.1", port), timeout=5.0):
            assert running.ends() == 0


def test_a_port_that_is_taken_is_told() -> None:
    """In PJSIP's words."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        with child(port=other.getsockname()[1]) as running:
            assert "Address already in use" in running.says()["unfit"]


def test_timers_are_those_it_is_told() -> None:
    """With T1 of 20 ms a request is repeated until 1.28 s are over, and then there is no answer."""
    with child(timers=(0.02, 0.16, 0.2, 1.28)) as running:
        running.says()
        number = running.orders()
        branches = {running.sends().via.branch for _ in range(5)}
        assert len(branches) == 1
        assert running.says() == {"id": number, "none": 408}
