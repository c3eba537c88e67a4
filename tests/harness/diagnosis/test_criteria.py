"""Each fault is made for real: the XML of an HSS with something missing."""

import pytest
from attrs import evolve

from harness.consulting.files import criteria_in
from harness.diagnosis import findings_in

PROFILE = """<IMSSubscription><PrivateID>alice@home.example</PrivateID><ServiceProfile>
<PublicIdentity><Identity>sip:alice@home.example</Identity></PublicIdentity>
<InitialFilterCriteria><Priority>0</Priority>
<TriggerPoint><ConditionTypeCNF>0</ConditionTypeCNF>
<SPT><ConditionNegated>0</ConditionNegated><Group>0</Group><Method>REGISTER</Method></SPT>
</TriggerPoint>
<ApplicationServer><ServerName>sip:192.0.2.9:5060</ServerName><DefaultHandling>0</DefaultHandling>
<Extension><IncludeRegisterRequest/></Extension></ApplicationServer>
</InitialFilterCriteria></ServiceProfile></IMSSubscription>"""


def names(text: str) -> list[str]:
    """Name what is found wrong with a document."""
    return [finding.name for finding in findings_in([criteria_in(text.encode(), "alice.xml")])]


def test_healthy_criteria_have_no_finding() -> None:
    """As the docs have them."""
    assert names(PROFILE) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Method>REGISTER</Method>", "<Method>INVITE</Method>"),
        ("<ConditionNegated>0<", "<ConditionNegated>1<"),
        (
            "<Group>0</Group><Method>",
            "<Group>0</Group><SIPHeader><Header>X-Never</Header></SIPHeader></SPT><SPT><ConditionNegated>0</ConditionNegated><Group>0</Group><Method>",
        ),
    ],
    ids=["method", "negated", "and a header"],
)
def test_no_criterion_matches_register(old: str, new: str) -> None:
    """So no server hears of a registration."""
    assert names(PROFILE.replace(old, new)) == ["ifc-register"]


def test_the_ues_register_is_not_asked_for() -> None:
    """So no token travels."""
    assert names(PROFILE.replace("<IncludeRegisterRequest/>", "")) == ["ifc-include-register-request"]


TELEPHONY = PROFILE[PROFILE.index("<InitialFilterCriteria>") : PROFILE.index("</ServiceProfile>")]
for old, new in (
    ("<Extension><IncludeRegisterRequest/></Extension>", ""),
    ("192.0.2.9:5060", "mmtel.home.example"),
    ("<Priority>0", "<Priority>1"),
):
    TELEPHONY = TELEPHONY.replace(old, new)
INITIAL = "</Method><Extension><RegistrationType>0</RegistrationType></Extension>"


def test_other_application_servers_want_no_token() -> None:
    """A real profile has them: telephony, short messages; some hear of first registrations alone."""
    assert names(PROFILE.replace("</ServiceProfile>", f"{TELEPHONY}</ServiceProfile>")) == []
    deaf = TELEPHONY.replace("</Method>", INITIAL)
    assert names(PROFILE.replace("</ServiceProfile>", f"{deaf}</ServiceProfile>")) == []


def test_of_several_the_one_that_settings_name_is_the_val_server() -> None:
    """Though another one is given the UE's REGISTER."""
    both = PROFILE.replace("</ServiceProfile>", f"{TELEPHONY}</ServiceProfile>")
    both = both.replace("mmtel.home.example", "192.0.2.8")
    told = evolve(criteria_in(both.encode(), "alice.xml"), servers=frozenset({("192.0.2.8", 5060)}))
    (finding,) = findings_in([told])
    assert finding.name == "ifc-include-register-request"
    assert "sip:192.0.2.8 " in finding.sentence


def test_a_kind_of_registration_is_left_out() -> None:
    """The server never hears of a de-registration."""
    narrowed = PROFILE.replace("</Method>", INITIAL)
    (finding,) = findings_in([criteria_in(narrowed.encode(), "alice.xml")])
    assert finding.name == "ifc-registration-types"
    assert finding.sentence == "sip:192.0.2.9:5060 does not hear of a re-registration and a de-registration."


def test_the_document_is_not_as_the_standard_has_it() -> None:
    """Each fault with its line."""
    outside = PROFILE.replace("<Extension><IncludeRegisterRequest/></Extension>", "<IncludeRegisterRequest/>")
    (finding,) = findings_in([criteria_in(outside.encode(), "alice.xml")])
    assert finding.name == "ifc-document"
    assert "line 7" in finding.sentence
    assert "Extension" in finding.sentence
