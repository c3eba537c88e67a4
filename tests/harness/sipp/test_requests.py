from tests.harness.sipp.scripts import BODY, TOKEN, recv, script, send, steps


def test_an_instant_message_goes_to_who_has_registered() -> None:
    """The other phone is there, since its answer is awaited; the message is answered by itself."""
    sent = send("MESSAGE", "Content-Type: text/plain", body="Hello,\n  Bob").replace("MESSAGE sip:", "MESSAGE sip:bob@")
    made = script(sent, '<recv request="MESSAGE"/>', "<send><![CDATA[\nSIP/2.0 200 OK\n]]></send>", recv(200))
    assert steps(made) == [
        ("ue.register", {"ue": "sipp"}),
        ("ue.register", {"ue": "bob"}),
        ("ue.message", {"ue": "sipp", "to": "bob", "body": "Hello,\nBob"}),
        ("expect.message", {"from": "core", "to": "bob", "method": "MESSAGE"}),
        ("expect.answer", 200),
    ]
    assert made.lost == []


def test_an_instant_message_that_is_refused_wants_nobody() -> None:
    """Who is not there is not added; another domain and another scheme stay as they are."""
    for uri, to in (
        ("sip:nobody@home.example", "sip:nobody@home.example"),
        ("sip:bob@other.example", "sip:bob@other.example"),
        ("tel:+15551234", "tel:+15551234"),
    ):
        made = script(send("MESSAGE", body="x").replace("MESSAGE sip:home.example", f"MESSAGE {uri}"), recv(404))
        assert steps(made)[1] == ("ue.message", {"ue": "sipp", "to": to, "body": "x"})
        assert list(made.phones) == ["sipp"]


def test_a_body_that_would_be_a_variable_of_ours_goes_as_octets() -> None:
    """`${name}` stands for something in a scenario of ours."""
    made = script(send("MESSAGE", "Content-Type: text/html", body="${x}").replace("sip:h", "sip:b@h", 1), recv(404))
    told = {"ue": "sipp", "to": "sip:b@home.example", "type": "text/html", "octets": b"${x}".hex()}
    assert steps(made)[1] == ("ue.message", told)


def test_expires_and_event_of_a_publish_are_taken_over() -> None:
    """Where they are other than our phones'; what they publish is what the file has."""
    made = script(
        send("PUBLISH", "Event: presence", "Expires: 60", *TOKEN, body=BODY),
        recv(489),
        send("PUBLISH", "Event: poc-settings", "Expires: 4294967295", *TOKEN, body=f"{BODY}<poc-settings/>"),
        recv(200),
    )
    headers = {"Event": "presence", "Expires": "60"}
    assert [told for verb, told in steps(made) if verb == "ue.publish"] == [
        {"ue": "sipp", "token": True, "settings": False, "headers": headers},
        {"ue": "sipp", "token": True},
    ]


def test_a_publish_goes_where_the_file_sends_it() -> None:
    """A phone of ours has one such place."""
    first, second = (
        send("PUBLISH", *TOKEN, body=BODY).replace("PUBLISH sip:", f"PUBLISH sip:{server}@")
        for server in ("val", "other")
    )
    made = script(first, recv(200), second, recv(200))
    assert made.phones["sipp"]["publish_to"] == "sip:val@home.example"
    assert ["publishes to one place alone" in lost.why for lost in made.lost] == [True]


def test_a_publish_that_is_to_be_refused_has_a_token_that_nobody_believes() -> None:
    """Since that of the file is not at hand; the next one is honest again."""
    made = script(send("PUBLISH", *TOKEN, body=BODY), recv(403), send("PUBLISH", *TOKEN, body=BODY), recv(200))
    assert [told for verb, told in steps(made) if verb == "token.mint"] == [
        {"ue": "sipp", "as": "refused", "broken": "signed_by_stranger"},
        {"ue": "sipp"},
    ]


def test_how_long_a_contact_asks_for_wins_over_the_header() -> None:
    """RFC 3261 10.2.1.1."""
    made = script(send("REGISTER", "Contact: <sip:a@b>;expires=120", "Expires: 60"), recv(200))
    assert steps(made)[0] == ("ue.register", {"ue": "sipp", "expires": 120})
