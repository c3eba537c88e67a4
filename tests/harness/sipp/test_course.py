from harness.sipp.course import Course
from harness.sipp.phones import Phones
from harness.sipp.script import Script
from harness.sipp.templates import Template


def test_what_a_request_has_done_can_be_made_undone() -> None:
    """It comes again, with the answer to a challenge: then only what was before it is there."""
    script = Script("one", "one.xml")
    course = Course(script, Phones(script))
    course.register_first("bob", "somebody has to be there")
    request = Template.parse("REGISTER sip:home.example SIP/2.0")
    assert request is not None
    course.begin(request)
    course.register_first("alice", "so has she")
    course.register_first("alice", "not twice")
    assert [line.told for line in script.lines] == [{"ue": "bob"}, {"ue": "alice"}]
    course.take_back()
    assert [line.told for line in script.lines] == [{"ue": "bob"}]
    assert course.known.registered == {"bob"}
