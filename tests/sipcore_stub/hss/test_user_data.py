import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipcore_stub.hss.hss import Identity
from sipcore_stub.hss.ifc import DefaultHandling, RegistrationType, SessionCase, Situation, matching
from sipcore_stub.hss.user_data import UserData, read
from tests.sipcore_stub.parts import Phone, publish

USER_DATA = """\
<?xml version="1.0" encoding="UTF-8"?>
<IMSSubscription xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <PrivateID>alice@home.example</PrivateID>
  <ServiceProfile>
    <PublicIdentity><Identity>sip:%61lice@HOME.example;user=phone</Identity></PublicIdentity>
    <PublicIdentity>
      <BarringIndication>1</BarringIndication><Identity>sip:duty@home.example</Identity>
      <Extension><IdentityType>0</IdentityType></Extension>
    </PublicIdentity>
    <InitialFilterCriteria>
      <Priority>0</Priority>
      <TriggerPoint>
        <ConditionTypeCNF>0</ConditionTypeCNF>
        <SPT>
          <ConditionNegated>0</ConditionNegated><Group>0</Group><Method>REGISTER</Method>
          <Extension><RegistrationType>0</RegistrationType><RegistrationType>2</RegistrationType></Extension>
        </SPT>
      </TriggerPoint>
      <ApplicationServer>
        <ServerName>sip:127.0.0.31:5070</ServerName>
        <DefaultHandling>1</DefaultHandling>
        <ServiceInfo>blue &amp; red</ServiceInfo>
        <Extension><IncludeRegisterRequest/><IncludeRegisterResponse/></Extension>
      </ApplicationServer>
    </InitialFilterCriteria>
    <InitialFilterCriteria>
      <Priority>1</Priority>
      <ApplicationServer><ServerName>sip:127.0.0.32</ServerName></ApplicationServer>
      <ProfilePartIndicator>0</ProfilePartIndicator>
    </InitialFilterCriteria>
  </ServiceProfile>
</IMSSubscription>
"""
ALICE, DUTY = "sip:alice@home.example", "sip:duty@home.example"


def trigger_point(*spts: str, conjunctive: bool = False) -> UserData:
    """Read user data whose first criterion has these service point triggers."""
    begin, end = USER_DATA.index("<SPT>"), USER_DATA.index("</SPT>") + len("</SPT>")
    text = USER_DATA[:begin] + "".join(f"<SPT>{spt}</SPT>" for spt in spts) + USER_DATA[end:]
    return read(text.replace("CNF>0<", f"CNF>{int(conjunctive)}<").encode())


def holds(data: UserData, situation: Situation) -> bool:
    """Say whether the trigger point of the first criterion is for the situation."""
    return data.criteria[0].trigger.matches(situation)


def test_a_server_has_a_name_only_where_somebody_looks_it_up() -> None:
    """An HSS exports names, and the core here asks no DNS."""
    named = USER_DATA.replace("sip:127.0.0.32<", "sip:mmtel.home.example<").encode()
    with pytest.raises(ValueError, match="an address and no name"):
        read(named)
    assert read(named, resolves=True).criteria[1].server_name == "sip:mmtel.home.example"
    with pytest.raises(ValueError, match="ServerName is 'mmtel'"):
        read(USER_DATA.replace("sip:127.0.0.32<", "mmtel<").encode(), resolves=True)


def test_a_subscription() -> None:
    """Who it is, which identities, and what is included for which server."""
    data = read(USER_DATA.encode())
    assert data.impi == "alice@home.example"
    assert data.identities == (Identity(ALICE), Identity(DUTY, barred=True))
    first, second = data.criteria
    assert (first.server_name, first.priority, first.service_info) == ("sip:127.0.0.31:5070", 0, "blue & red")
    assert first.default_handling is DefaultHandling.SESSION_TERMINATED
    assert (first.include_register_request, first.include_register_response) == (True, True)
    assert second.default_handling is DefaultHandling.SESSION_CONTINUED
    assert (second.include_register_request, second.include_register_response) == (False, False)


def test_registration_types_belong_to_the_method() -> None:
    """TS 29.228 B.2.3.2: initial and de-registration here, and nothing in between."""
    data = read(USER_DATA.encode())
    register = Phone().register()
    heard = [kind for kind in RegistrationType if holds(data, Situation(register, registration=kind))]
    assert heard == [RegistrationType.INITIAL, RegistrationType.GONE]


def test_without_trigger_point_a_server_gets_everything() -> None:
    """TS 29.228 B.2.2."""
    data = read(USER_DATA.encode())
    assert data.criteria[1].trigger.matches(Situation(publish()))


def test_criteria_are_those_of_the_identity_served() -> None:
    """TS 29.228 B.2.1: a second service profile has identities and criteria of its own."""
    profile = (
        "<ServiceProfile><PublicIdentity><Identity>tel:+1555</Identity></PublicIdentity><InitialFilterCriteria>"
        "<Priority>0</Priority><ApplicationServer><ServerName>sip:127.0.0.33</ServerName></ApplicationServer>"
        "</InitialFilterCriteria></ServiceProfile>"
    )
    data = read(USER_DATA.replace("</IMSSubscription>", f"{profile}</IMSSubscription>").encode())
    asked = [criterion.server_name for criterion in matching(data.criteria, Situation(publish(), impu="tel:+1555"))]
    assert asked == ["sip:127.0.0.33"]
    asked = [criterion.server_name for criterion in matching(data.criteria, Situation(publish(), impu=DUTY))]
    assert asked == ["sip:127.0.0.32"]


@pytest.mark.parametrize(
    ("spt", "yes", "no"),
    [
        ("<Method>PUBLISH</Method>", publish(), Phone().register()),
        ("<RequestURI>^sip:val@</RequestURI>", publish(), Phone().register()),
        ("<SIPHeader><Header>Event</Header></SIPHeader>", publish(), publish(Event=None)),
        (
            "<SIPHeader><Header>Event</Header><Content>^poc</Content></SIPHeader>",
            publish(),
            publish(Event="presence"),
        ),
        ("<SIPHeader><Header>ev.*</Header></SIPHeader>", publish(), publish(Event=None)),
        (
            "<SIPHeader><Header>P-.*-ID</Header><Content>home</Content></SIPHeader>",
            publish(P_Visited_Network_ID="home"),
            publish(P_Visited_Network_ID="away"),
        ),
    ],
)
def test_kinds_of_triggers(spt: str, yes: object, no: object) -> None:
    """Method, Request-URI and headers, whose names may be expressions too."""
    data = trigger_point(f"<Group>0</Group>{spt}")
    assert holds(data, Situation(yes))  # type: ignore[arg-type]  # parametrize has but one type for a column
    assert not holds(data, Situation(no))  # type: ignore[arg-type]  # as above


def test_the_session_case() -> None:
    """0 is originating."""
    data = trigger_point("<Group>0</Group><SessionCase>0</SessionCase>")
    cases = [case for case in SessionCase if holds(data, Situation(publish(), case))]
    assert cases == [SessionCase.ORIGINATING]


def test_the_session_description() -> None:
    """A line of this type, with this in it."""
    data = trigger_point(
        "<Group>0</Group><SessionDescription><Line>m</Line><Content>^audio</Content></SessionDescription>"
    )
    for line, found in (("m=audio 4000 RTP/AVP 0", True), ("m=video 4000 RTP/AVP 0", False), ("a=audio", False)):
        request = publish().with_body(f"v=0\r\n{line}\r\n".encode(), "application/sdp")
        assert holds(data, Situation(request)) is found
    assert not holds(data, Situation(publish()))


def test_conjunctive_and_disjunctive() -> None:
    """The same triggers and groups: any of each group, or all of one group; a trigger may stand in several."""
    method = "<Group>0</Group><Method>PUBLISH</Method>"
    event = "<Group>0</Group><Group>1</Group><SIPHeader><Header>Event</Header></SIPHeader>"
    subject = "<Group>1</Group><SIPHeader><Header>Subject</Header></SIPHeader>"
    plain, bare = Situation(publish()), Situation(publish(Event=None))
    assert holds(trigger_point(method, event, subject), plain)
    assert not holds(trigger_point(method, event, subject), bare)
    assert holds(trigger_point(method, event, subject, conjunctive=True), plain)
    assert not holds(trigger_point(method, event, subject, conjunctive=True), bare)


def test_a_negated_trigger() -> None:
    """ConditionNegated turns one trigger round, not its group."""
    spt = "<ConditionNegated>1</ConditionNegated><Group>0</Group><Method>PUBLISH</Method>"
    assert not holds(trigger_point(spt), Situation(publish()))
    assert holds(trigger_point(spt), Situation(Phone().register()))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("<IMSSubscription ", "<Subscription ", "is not well-formed"),
        ("<Group>0</Group>", "", "line 14: SPT has no Group"),
        ("<Group>0</Group>", "<Group>one</Group>", "line 15: Group is 'one' (expected a whole number"),
        ("<Method>REGISTER</Method>", "", "line 14: SPT has 0 conditions (expected one of RequestURI, Method"),
        ("<Method>REGISTER</Method>", "<Method>A</Method><SessionCase>0</SessionCase>", "SPT has 2 conditions"),
        ("<ConditionTypeCNF>0</ConditionTypeCNF>", "", "line 12: TriggerPoint has no ConditionTypeCNF"),
        ("<ConditionNegated>0<", "<ConditionNegated>yes<", "ConditionNegated is 'yes' (expected 0 or 1)"),
        (
            "<RegistrationType>2<",
            "<RegistrationType>3<",
            "RegistrationType is '3' (expected a whole number from 0 to 2)",
        ),
        ("<DefaultHandling>1<", "<DefaultHandling>2<", "DefaultHandling is '2'"),
        ("<ServerName>sip:127.0.0.32<", "<ServerName>sip:as.example<", "ServerName is 'sip:as.example'"),
        (
            "<Extension><IncludeRegisterRequest/>",
            "<IncludeRegisterRequest/><Extension>",
            "expected it in its Extension",
        ),
        ("<Method>REGISTER</Method>", "<Method>REGSTER</Method>", "is 'REGSTER', which is no method (did you mean REG"),
        ("<Method>REGISTER</Method>", "<Method>x</Method>", "is 'x', which is no method (expected one of ACK, BYE"),
        ("<IncludeRegisterRequest/>", "<IncludRegisterRequest/>", ": IncludRegisterRequest is no element that"),
        (
            "<ProfilePartIndicator>",
            "<Sparkle/><ProfilePartIndicator>",
            "Sparkle is no element of InitialFilterCriteria (",
        ),
        ("<Priority>1<", "<Priority>0<", "more than one InitialFilterCriteria of Priority 0"),
        ("<PrivateID>alice@home.example</PrivateID>", "", "IMSSubscription has no PrivateID"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(before: str, after: str, said: str) -> None:
    """One fault each, in the words of the schema."""
    with pytest.raises(ValueError) as error:
        read(USER_DATA.replace(before, after, 1).encode())
    assert said in str(error.value)


def test_a_misspelt_element_is_not_passed_over() -> None:
    """Else the subscriber would have no criteria, and no server would hear of it."""
    text = USER_DATA.replace("InitialFilterCriteria>", "InitialFilterCriterion>")
    with pytest.raises(ValueError, match="line 10: InitialFilterCriterion is no element of ServiceProfile") as error:
        read(text.encode())
    assert "(did you mean InitialFilterCriteria?); line 26: " in str(error.value)


def test_extensions_of_others_are_passed_over() -> None:
    """As real exports have them: in an Extension, or in a namespace of somebody's own."""
    vendor = '<v:Colour xmlns:v="urn:vendor"><v:Red/></v:Colour><Extension><Shade><x/></Shade></Extension>'
    text = USER_DATA
    for parent in ("IMSSubscription", "ServiceProfile", "InitialFilterCriteria", "TriggerPoint", "SPT"):
        text = text.replace(f"</{parent}>", f"{vendor}</{parent}>")
    assert read(text.encode()) == read(USER_DATA.encode())
    whole = USER_DATA.replace("<IMSSubscription ", '<IMSSubscription xmlns="urn:export" ')
    assert read(whole.encode()) == read(USER_DATA.encode())
    with pytest.raises(ValueError, match="Priorty is no element of InitialFilterCriteria"):
        read(whole.replace("Priority>", "Priorty>").encode())


def test_all_faults_are_told_at_once() -> None:
    """Nobody has to mend a file line by line."""
    text = USER_DATA.replace("<Group>0</Group>", "").replace("<Priority>1<", "<Priority>x<")
    with pytest.raises(ValueError, match=r"has no Group; .*Priority is 'x'"):
        read(text.encode())


@given(st.binary(), st.integers(0, len(USER_DATA)), st.integers(0, 40))
def test_any_document_is_read_or_refused(junk: bytes, at: int, cut: int) -> None:
    """Whatever stands in the file, there is a value or a sentence."""
    text = USER_DATA.encode()
    for document in (junk, text[:at] + junk + text[at + cut :]):
        try:
            outcome: object = read(document)
        except ValueError as error:
            outcome = str(error)
        assert outcome


@pytest.mark.parametrize("value", ["&name;", "alice@home.example"])
def test_a_document_type_is_refused(value: str) -> None:
    """An entity would be read as nothing, and an identity be another than what stands there."""
    text = f"<IMSSubscription><PrivateID>{value}</PrivateID></IMSSubscription>"
    with pytest.raises(ValueError, match="has a document type declaration"):
        read(f'<!DOCTYPE x [<!ENTITY name "alice@home.example">]>{text}'.encode())
