from tests.harness.sipp.scripts import recv, script, send, steps


def test_headers_that_a_phone_would_not_write_are_taken_over() -> None:
    """But for what stands in brackets."""
    own = ("Supported: path", "Max-Forwards: 70", "P-Preferred-Identity: <sip:sipp@home.example>")
    made = script(send("REGISTER", "X-Test: one", "X-Call: [call_number]", *own), recv(200))
    assert steps(made)[0] == ("ue.register", {"ue": "sipp", "headers": {"X-Test": "one"}})
    more = ("Max-Forwards: 0", "Supported: path, gruu", "Require: gruu", "P-Preferred-Identity: <sip:b@home.example>")
    headers = dict(each.split(": ") for each in more)
    assert steps(script(send("REGISTER", *more), recv(200)))[0] == ("ue.register", {"ue": "sipp", "headers": headers})
    assert [lost.why for lost in made.lost] == ["X-Call: [call_number]: what stands in brackets is not known here"]
