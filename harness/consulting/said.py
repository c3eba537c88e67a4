"""Findings as lines and as JSON; the table of all diagnoses, and the page made from it. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence

from harness.diagnosis import Diagnosis, Finding, diagnoses
from valkit.redaction import redact
from valkit.terminal import plain

MOST_PLACES = 8
"""Places of one finding that are shown; JSON has all."""

LONGEST = 1_000
"""Characters of a sentence that are shown."""

HEALTHY = "Nothing is wrong, as far as can be seen."


def lines(findings: Sequence[Finding], remarks: Iterable[str]) -> Iterator[str]:
    """Give what is shown: each finding with where, what to do, and the clause; then what could not be looked at."""
    for number, finding in enumerate(findings, 1):
        yield _shown(f"{number}. {finding.sentence}")
        if finding.evidence:
            yield _shown(f"   where: {_places(finding.evidence)}")
        yield _shown(f"   do:    {finding.advice}")
        yield _shown(f"   see:   {finding.clause} ({finding.name})")
    if not findings:
        yield HEALTHY
    for remark in remarks:
        yield _shown(f"Not looked at: {remark}")


def _places(places: tuple[str, ...]) -> str:
    more = f", and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
    return ", ".join(places[:MOST_PLACES]) + more


def _shown(text: str) -> str:
    """Hide what may still be a secret, and let nobody write on the terminal, or fill it."""
    return plain(_bounded(redact(text)))


def _bounded(text: str) -> str:
    """Leave out the middle of a sentence that quotes a peer at length."""
    rest = len(text) - LONGEST
    return text if rest <= 0 else f"{text[: LONGEST // 2]} ... ({rest} characters) ... {text[-LONGEST // 2 :]}"


def as_json(findings: Iterable[Finding], remarks: Iterable[str]) -> str:
    """Give the same as JSON."""
    told = [
        {
            "name": finding.name,
            "sentence": _bounded(redact(finding.sentence)),
            "advice": finding.advice,
            "evidence": list(finding.evidence),
            "clause": finding.clause,
        }
        for finding in findings
    ]
    return json.dumps({"findings": told, "not_looked_at": list(remarks)}, indent=1)


def listed() -> Iterator[str]:
    """Give a line for each diagnosis."""
    every = tuple(diagnoses().values())
    room = max(len(each.name) for each in every)
    for each in every:
        yield f"{each.name:{room}}  {each.says} ({each.clause})"


PAGE = """# What `val doctor` recognizes

`val doctor` takes files of any kind, in any mix, and says in sentences what is wrong, where it shows, what to do about
it, and which clause says how it should be:

```text
val doctor trace.pcap                                      # a capture of anybody's system, gzipped or not
val doctor captures                                        # every capture in a folder
ssh core tcpdump -w - -c 1000 port 5060 | val doctor -     # from standard input
val doctor trace.pcap --k @k.txt --opc @opc.txt            # with a subscriber's keys: on which side are others?
val doctor trace.pcap valserver.yaml ue.yaml core.yaml     # held against settings of ours
val doctor core.yaml ue.yaml valserver.yaml                # settings that have to fit together
val doctor --k ? --op ? --nonce "$NONCE" --res "$RES"      # values out of a log
val doctor --token token.txt --jwks jwks.json --issuer https://idms.home.example --audience val-server
val doctor --ifc alice.xml                                 # filter criteria of an HSS
```

A cause stands before what follows from it. Without keys, settings or a key set only what a capture says by itself is
judged. `--json` is for programs; the exit code is 1 when something is wrong, 0 when nothing is, and 2 when there is
nothing to look at. What could not be looked at, such as TLS or frames that were cut, is said at the end.

The list is made from the code by `val doctor --list --markdown`; a test holds it to that. Each row is one small
function in `harness/diagnosis`, which looks at facts, whether they come from a capture, a trace, settings or options.

"""

ABOUT = {
    "keys": "Keys, challenges, sequence numbers",
    "responses": "Answers to a challenge",
    "sides": "Whose keys are others",
    "refusals": "Refusals, where no keys are known",
    "tokens": "Tokens",
    "carrying": "How a message carries its token",
    "silence": "Silence",
    "registering": "Registrations and publications",
    "criteria": "Initial filter criteria",
    "settings": "Settings that do not fit together",
}
"""Headings by the module that has the diagnoses."""


def page() -> str:
    """Give the page of all diagnoses."""
    return PAGE + "\n".join(_section(module, heading) for module, heading in ABOUT.items())


def _section(module: str, heading: str) -> str:
    own = [each for each in diagnoses().values() if each.look.__module__.rpartition(".")[2] == module]
    return f"## {heading}\n\n| name | what is wrong | see |\n|---|---|---|\n{''.join(map(_row, own))}"


def _row(one: Diagnosis) -> str:
    return f"| `{one.name}` | {one.says} | {one.clause} |\n"
