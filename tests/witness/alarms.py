"""`python -m tests.witness.alarms FOLDER`: `val doctor` looks at the captures of a whole run of scenarios.

It must find what scenarios do wrong on purpose, and nothing else: no false alarm. Exit 1 otherwise.
"""

import sys
from collections import Counter
from pathlib import Path

from harness.consulting.files import content_of
from harness.diagnosis import findings_in
from harness.diagnosis.extraction import facts
from harness.evidence import Evidence
from harness.seen.capture import SUFFIX

ON_PURPOSE = {
    "third-party-shapes": {"p-associated-uri", "include-register-request"},
    "enclosed": {"include-register-request"},
    "mutations": {"content-type", "document", "third-party-refused", "publish-refused"},
    "misconduct": {"digest-nonce", "digest-nc", "third-party-early", "challenge-refused", "response-refused"},
    "refused": {"home-domain", "publish-refused", "registration-refused", "challenge-refused", "response-refused"},
    "refused-in-register": {"third-party-refused"},
    "challenges": {"response-refused"},
    "tuak": {"challenge-refused"},
    "sequence-numbers": {"synchronisation-refused"},
    "contacts": {"registration-refused"},
    "identity": {"response-refused", "publish-refused"},
    "identities": {"publish-refused"},
    "outage": {"publish-refused", "unanswered"},
    "refused-in-publish": {"publish-refused"},
    "settings": {"publish-refused"},
    "valserver-down": {"unanswered"},
    "watched": {"publish-refused"},
    "whole": {"publish-refused"},
    "introspection": {"third-party-refused"},
    "kept": {"third-party-refused"},
    "keys": {"third-party-refused"},
    "service": {"third-party-refused"},
}
"""By the file of the scenarios: cores that write P-Associated-URI wrong or enclose nothing, documents that are none,
phones that replay; and what scenarios let be refused: phones and networks that prove nothing, worn out cards, barred
identities, tokens that are not believed, in PUBLISH as well; and servers that are down."""


def alarms(folder: Path) -> tuple[int, Counter[str]]:
    """Give how many captures there are, and what is found in them that no scenario does on purpose."""
    captures = sorted(folder.glob(f"*{SUFFIX}"))
    return len(captures), Counter(alarm for capture in captures for alarm in _alarms(capture))


def _alarms(capture: Path) -> list[str]:
    evidence = content_of(capture)
    assert isinstance(evidence, Evidence)
    meant = {name for file, names in ON_PURPOSE.items() if capture.name.startswith(f"{file}-") for name in names}
    found = [found for found in findings_in(facts(evidence)) if found.name not in meant]
    return [f"{capture.name}: {each.name}: {each.sentence}" for each in found]


def main() -> int:
    """Look at the folder that the command line names."""
    (folder,) = map(Path, sys.argv[1:])
    captures, found = alarms(folder)
    sys.stdout.write("\n".join([*found, f"val doctor looked at {captures} captures: {found.total()} alarms"]) + "\n")
    return 1 if found or not captures else 0


if __name__ == "__main__":
    sys.exit(main())
