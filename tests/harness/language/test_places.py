import re
from pathlib import Path

import pytest

from harness.errors import NotApplicable
from harness.language.places import SHIPPED, plan_for, staged
from harness.language.scenario import Scenario, parse
from tests.harness.plans.test_lab import LAB
from valkit.settings import SettingsError

SCRIPT = "name: n\nclauses: [REG-01]\nlab: {lab}\nsteps:\n  - ue.register: {ue}\n  - expect.answer: 200\n"


def scenario(folder: Path, *, lab: str = "mine", ue: str = "alice") -> Scenario:
    """Read a scenario that stands below the folder."""
    [made] = parse(SCRIPT.format(lab=lab, ue=ue), folder / "deep" / "s.yaml", "s.yaml")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a lab."""
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "mine.yaml").write_text(LAB)
    return tmp_path


def test_a_lab_is_looked_for_in_the_folders_above(folder: Path) -> None:
    """`labs` may stand beside the scenario or beside any folder above it."""
    assert plan_for(scenario(folder)).domain == "home.example"


def test_shipped_labs_are_found_from_anywhere(folder: Path) -> None:
    """A scenario of the user's own may play in a lab of ours."""
    assert "stranger" in plan_for(scenario(folder, lab="home")).ues


def test_a_lab_may_be_chosen_for_the_run(folder: Path) -> None:
    """Then it does not matter which one the scenario names."""
    assert plan_for(scenario(folder, lab="nowhere"), SHIPPED / "home.yaml").domain == "home.example"


def test_a_lab_that_is_nowhere_is_a_fault_of_the_scenario(folder: Path) -> None:
    """It is told at the scenario that names it."""
    with pytest.raises(SettingsError, match=r"s.yaml:3:6: lab: there is no labs/nowhere.yaml"):
        plan_for(scenario(folder, lab="nowhere"))


def test_a_lab_that_is_misspelt_is_told_with_a_guess(folder: Path) -> None:
    """From the labs that the scenario could have meant."""
    with pytest.raises(SettingsError, match=r"there is no labs/hoem.yaml \(did you mean home\?\)"):
        plan_for(scenario(folder, lab="hoem"))


def test_a_step_may_speak_only_of_who_is_there(folder: Path) -> None:
    """A phone that the lab does not have is told at the line of the step."""
    with pytest.raises(
        SettingsError,
        match=r"s.yaml:5:18: steps\[0\].ue.register: bob is nobody of lab mine \(expected one of: alice\)",
    ):
        plan_for(scenario(folder, ue="bob"))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("expect.no_binding: sip:alcie@home.example", "24: steps[1].expect.no_binding: sip:alcie@home.example"),
        ("expect.no_message: {from: scscf, to: valserve}", "42: steps[1].expect.no_message.to: valserve"),
        ("expect.no_event: {what: bound, by: hsss}", "40: steps[1].expect.no_event.by: hsss"),
        (
            "expect.no_event: {what: bound, fields: {impu: 'sip:alcie@home.example'}}",
            "51: steps[1].expect.no_event.fields.impu: sip:alcie@home.example",
        ),
        (
            "expect.order: [{message: {from: alcie}}, {event: b}]",
            "37: steps[1].expect.order[0].message.from: alcie",
        ),
    ],
)
def test_nobody_expects_anything_of_a_stranger(folder: Path, asked: str, told: str) -> None:
    """What nobody has is never found, so that it does not come would be no news."""
    text = SCRIPT.format(lab="mine", ue="alice").replace("expect.answer: 200", asked)
    (folder / "s.yaml").write_text(text)
    with pytest.raises(SettingsError, match=re.escape(f"s.yaml:6:{told} is nobody of lab mine")):
        staged(folder / "s.yaml", "s.yaml")


@pytest.mark.parametrize("verb", ["expect.no_binding", "expect.binding"])
def test_a_service_is_one_that_the_server_has(folder: Path, verb: str) -> None:
    """Nobody is bound in another one, nor in any by its name where there is but one."""
    asked = f"{verb}: {{impu: 'sip:alice@home.example', service: dispach}}"
    text = SCRIPT.format(lab="mine", ue="alice").replace("expect.answer: 200", asked)
    (folder / "s.yaml").write_text(text)
    with pytest.raises(SettingsError, match=r"service: dispach is no service of valserver \(its settings have no"):
        staged(folder / "s.yaml", "s.yaml")
    services = "  changes: {valserver: {settings: {services: [{name: dispatch}, {name: video}]}}}\n".strip()
    (folder / "s.yaml").write_text(text.replace("steps:", f"{services}\nsteps:"))
    with pytest.raises(SettingsError, match=r"dispach is no service of valserver \(did you mean dispatch\?\)"):
        staged(folder / "s.yaml", "s.yaml")


def test_an_identity_that_the_script_registers_may_be_spoken_of(folder: Path) -> None:
    """Also if nobody of the lab has it: that it is refused may be the point."""
    text = SCRIPT.format(lab="mine", ue='{ue: alice, impu: "sip:x@home.example"}')
    (folder / "s.yaml").write_text(text + '  - expect.no_binding: "sip:x@home.example"\n')
    assert len(staged(folder / "s.yaml", "s.yaml")) == 1


def test_every_fault_of_a_file_is_told_at_once(folder: Path) -> None:
    """In the head, in a step, and who is not there: one reading, in the order of the lines."""
    one = SCRIPT.format(lab="mine", ue="bob").replace("REG-01", "REG-99").replace("expect.answer", "expect.anwser")
    two = "name: m\nclauses: [REG-01]\nlba: mine\nsteps:\n  - ue.dance: alice\n"
    (folder / "s.yaml").write_text(f"{one}---\n{two}")
    with pytest.raises(SettingsError) as error:
        staged(folder / "s.yaml", "s.yaml")
    assert [fault.line for fault in error.value.faults] == [2, 5, 6, 10, 12]


def test_one_fault_hides_no_other_that_has_nothing_to_do_with_it(folder: Path) -> None:
    """What is no YAML behind it, a key that is given twice, a wrong change of the lab, a step that cannot be read."""
    wrong = "changes: {valserver: {settings: {publcation: {max_expires: 1}}}}\nsteps:"
    one = SCRIPT.format(lab="mine", ue="{ue: bob, ue: alcie}").replace("steps:", wrong)
    two = SCRIPT.format(lab="mine", ue="alice").replace("expect.answer: 200", "expect.binding: {impu: x, token: late}")
    two = two.replace("name: n", "name: m")
    more = '  - ue.dance: {as: early}\n  - expect.message: {from: ue, headers: {X-A: "${captured.call}"}}\n'
    (folder / "s.yaml").write_text(f"{one}---\n{two}{more}---\nname: [\n")
    with pytest.raises(SettingsError) as error:
        staged(folder / "s.yaml", "s.yaml")
    assert [(fault.line, fault.message.split("(")[0]) for fault in error.value.faults] == [
        (4, "is not known "),
        (6, "bob is nobody of lab mine "),
        (6, "is given twice "),
        (14, "speaks of a token late, and there is none "),
        (14, "x is nobody of lab mine "),
        (15, "is not a verb "),
        (16, "speaks of a captured value call, and no step before captures it "),
        (19, "expected the node content, but found '<stream end>', while parsing a flow node"),
    ]


def test_what_a_step_that_cannot_be_read_names_may_be_spoken_of(folder: Path) -> None:
    """It is there once that step is mended, and what shared steps that are not found name is not known."""
    for unread in ("ue.dance: {as: late, capture: {call: Call-ID}}", "include: nowhere"):
        spoken = '{headers: {X-A: "${captured.call}"}, token: late}'
        text = SCRIPT.format(lab="mine", ue="alice").replace("expect.answer: 200", f"expect.message: {spoken}")
        (folder / "s.yaml").write_text(text.replace("steps:\n", f"steps:\n  - {unread}\n"))
        with pytest.raises(SettingsError) as error:
            staged(folder / "s.yaml", "s.yaml")
        assert [fault.line for fault in error.value.faults] == [5]


def test_a_file_that_is_no_text_is_a_fault(folder: Path) -> None:
    """Neither a picture nor another encoding is read as a scenario."""
    (folder / "s.yaml").write_bytes(b"name: n\n\xff\xfe")
    with pytest.raises(SettingsError, match=r"s.yaml:2:1: is not text in UTF-8"):
        staged(folder / "s.yaml", "s.yaml")


def test_settings_of_programs_are_checked_in_the_lab(folder: Path) -> None:
    """A setting that the VAL server does not know is told in the lab file, before anything is started."""
    lab = folder / "labs" / "mine.yaml"
    lab.write_text(LAB + "valserver: {settings: {publcation: {max_expires: 1}}}\n")
    with pytest.raises(SettingsError, match=r"mine.yaml:9:24: valserver.settings.publcation: is not known"):
        plan_for(scenario(folder))


def test_a_chosen_lab_that_does_not_fit_is_no_fault_of_the_scenario(folder: Path) -> None:
    """Whom it lacks is told with its own file; the file's other scenarios are staged as ever."""
    chosen = folder / "labs" / "mine.yaml"
    one = SCRIPT.format(lab="cards", ue="tara")
    (folder / "s.yaml").write_text(one + "---\n" + SCRIPT.format(lab="cards", ue="alice").replace("name: n", "name: m"))
    unfit, fit = staged(folder / "s.yaml", "s.yaml", chosen)
    assert unfit.unfit.startswith(f"the lab {chosen} does not fit this scenario: s.yaml:5:")
    assert "tara is nobody of lab mine" in unfit.unfit
    assert not fit.unfit


def test_changes_that_do_not_fit_a_chosen_lab_make_the_scenario_not_applicable(folder: Path) -> None:
    """They were written for another lab, whose bob has an identity."""
    with pytest.raises(NotApplicable, match=r"mine.yaml does not fit this scenario: s.yaml:4:.*changes.ues.bob.impi"):
        plan_for(changing(folder, "{ues: {bob: {carrier: mcptt-info}}}"), folder / "labs" / "mine.yaml")


def test_a_chosen_lab_with_a_fault_of_its_own_is_a_fault(folder: Path) -> None:
    """It is told once, and nothing is played."""
    (folder / "labs" / "mine.yaml").write_text(LAB + "cores: {}\n")
    with pytest.raises(SettingsError, match="cores: is not known"):
        plan_for(scenario(folder), folder / "labs" / "mine.yaml")


CHANGED = "name: n\nclauses: [REG-01]\nlab: mine\nchanges: {changes}\nsteps: [ue.register: alice, expect.answer: 200]\n"


def changing(folder: Path, changes: str) -> Scenario:
    """Read a scenario that changes its lab."""
    [made] = parse(CHANGED.format(changes=changes), folder / "s.yaml", "s.yaml")
    return made


def test_a_scenario_may_change_its_lab(folder: Path) -> None:
    """Member by member, and for itself only."""
    plan = plan_for(changing(folder, "{transports: [udp], ues: {alice: {carrier: mcptt-info}}}"))
    assert (plan.transports, plan.ues["alice"].carrier) == (("udp",), "mcptt-info")
    assert plan.ues["alice"].impi == plan_for(scenario(folder)).ues["alice"].impi
    assert plan_for(scenario(folder)).transports != ("udp",)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("{cores: {}}", "s.yaml:4:11: changes.cores: is not known (did you mean core?)"),
        ("{ues: {alice: {carrier: pigeon}}}", "s.yaml:4:34: changes.ues.alice.carrier: is 'pigeon'"),
        ("{core: {settings: {third_party: {body: x}}}}", "changes.core.settings.third_party.body: is 'x'"),
        ("{core: {settings: {expirry: {}}}}", "s.yaml:4:29: changes.core.settings.expirry: is not known"),
        (
            "{ues: {alice: {criterion: {include_registr_request: no}}}}",
            "s.yaml:4:37: changes.ues.alice.criterion.include_registr_request: is not known (did you mean include_reg",
        ),
        ("{ues: {alice: {criterion: {method: DANCE}}}}", "s.yaml:4:45: changes.ues.alice.criterion.method: is 'DANCE'"),
        ("{ues: {alice: {k: abcd}}}", "s.yaml:4:28: changes.ues.alice.k: is not"),
        ("{ues: {alice: {card: {k: abcd}}}}", "s.yaml:4:35: changes.ues.alice.card.k: is not"),
        ("{ues: {alice: {impus: ['sip:a@b', alice]}}}", "s.yaml:4:44: changes.ues.alice.impus[1]: cannot be read"),
        ("{ues: {alice: {impus: [alice]}}}", "s.yaml:4:33: changes.ues.alice.impus[0]: is not"),
        (
            "{ues: {alice: {settings: {usim: {kk: 1}}}}}",
            "s.yaml:4:43: changes.ues.alice.settings.usim.kk: is not known",
        ),
        ("{core: {settings: {subscribers: [{imp: a}]}}}", "s.yaml:4:44: changes.core.settings.subscribers[0].imp: is"),
        ("{ues: {alice: {user_data: <a/>}}}", "s.yaml:4:36: changes.ues.alice.user_data: "),
        ("{ues: {alice: {sip_password: ''}}}", "s.yaml:4:39: changes.ues.alice.sip_password: "),
    ],
)
def test_what_is_wrong_with_changes_is_told_in_the_scenario(folder: Path, changes: str, said: str) -> None:
    """The lab's own file is well."""
    with pytest.raises(SettingsError) as error:
        plan_for(changing(folder, changes))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("{ue: alice, past_core: valsrver}", "past_core: valsrver is nobody of lab mine (did you mean valserver?)"),
        ("{ue: alice, nonce_of: alcie}", "nonce_of: alcie is nobody of lab mine"),
    ],
)
def test_whom_a_phone_speaks_to_past_the_core_has_to_be_there(folder: Path, told: str, said: str) -> None:
    """And whose nonce it takes: told before anything is started."""
    with pytest.raises(SettingsError) as error:
        plan_for(scenario(folder, ue=told))
    assert said in str(error.value)


@pytest.mark.parametrize("verb", ["ue.message: {to: alice, ", "ue.register: {"])
def test_past_the_core_is_who_receives_sip(folder: Path, verb: str) -> None:
    """Each CSCF and the VAL server; a phone, the HSS and the identity server are spoken to in other ways."""
    for whom in "alice", "hss", "idms", "core":
        steps = f"steps:\n  - {verb}ue: alice, past_core: {whom}}}\n  - expect.answer: 200\n"
        [made] = parse(f"name: n\nclauses: [REG-01]\nlab: mine\n{steps}", folder / "s.yaml", "s.yaml")
        with pytest.raises(SettingsError, match=rf"s.yaml:5:.*past_core: {whom} cannot be named here .*icscf, pcscf, "):
            plan_for(made)
    for whom in "pcscf", "icscf", "scscf", "valserver":
        plan_for(scenario(folder, ue=f"{{ue: alice, past_core: {whom}}}"))


def test_no_phone_is_spoken_to_as_if_it_were_every_phone(folder: Path) -> None:
    """`ue` stands for whichever it is, and has no address."""
    with pytest.raises(SettingsError, match="past_core: ue is nobody of lab mine"):
        plan_for(scenario(folder, ue="{ue: alice, past_core: ue}"))
