"""Why something failed: facts in, from a capture, a trace or parameters; findings out, in sentences. Pure.

    facts         what is looked at: challenges, answers, tokens, third-party REGISTERs, filter criteria
    extraction    facts out of evidence (`harness.evidence`) and what is known beside it
    transmissions what nobody answered, hop by hop
    findings      what a diagnosis is, and how they are all held against all facts
    cards         a subscriber's keys, and what else may have been meant by them
    challenging, responding
                  how a challenge and an answer to it can have come about
    keys, responses, sides, silence, refusals, tokens, carrying, registering, criteria, settings
                  the diagnoses, by what they are about

Each diagnosis is a small function; `docs/doctor.md` lists them all and is made from them.
"""

from harness.diagnosis import (  # noqa: F401 - registers
    carrying,
    criteria,
    keys,
    refusals,
    registering,
    responses,
    settings,
    sides,
    silence,
    tokens,
)
from harness.diagnosis.findings import Diagnosis, Finding, diagnoses, findings_in

__all__ = ["Diagnosis", "Finding", "diagnoses", "findings_in"]
