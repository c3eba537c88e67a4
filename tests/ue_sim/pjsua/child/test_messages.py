from tests.ue_sim.pjsua.child.talking import PUBLISH, child
from valkit.sip.headers import STAR


def test_what_is_put_into_a_message_is_what_goes_out() -> None:
    """Header fields in their order, and text that is not ASCII, byte for byte."""
    with child() as running:
        running.says()
        headers = [["P-Access-Network-Info", "3GPP-E-UTRAN-TDD"], ["Subject", "grüße"], ["Subject", "zwei"]]
        running.orders(headers=headers, type="text/plain", body="größe")
        request = running.sends()
        assert request.headers.get("P-Access-Network-Info") == "3GPP-E-UTRAN-TDD"
        assert request.headers.all("Subject") == ("grüße", "zwei")
        assert request.body == "größe".encode()


def test_a_text_that_came_is_whole() -> None:
    """Status line, header fields and body, of an answer to a REGISTER and to a PUBLISH."""
    with child() as running:
        running.says()
        for more in ({}, PUBLISH):
            running.orders(**more)
            request = running.sends()
            assert request.contacts is not STAR
            running.answers(request.answer(403, headers=[("Warning", '399 home.example "101 no"')]))
            text = running.says()["response"]
            assert text.startswith("SIP/2.0 403 Forbidden\r\n")
            assert 'Warning: 399 home.example "101 no"\r\n' in text
