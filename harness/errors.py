"""Errors of this package.

HarnessError
+-- Unmet              the scenario's own fault finding: something wanted did not come; fails the scenario
+-- NotObservable      what is asked cannot be seen of a part that is not ours; the scenario goes on, and says so
+-- NotApplicable      what the scenario needs is not there in this lab; it is reported so, neither passed nor failed
+-- NoReport           a file is not the report of a run (exit 2), or cannot be read
`-- EnvironmentFault   a file, port or program that is needed is not there; its text says what to do (exit 3)

What is wrong with a scenario or lab file is a `valkit.settings.SettingsError` (exit 2).
"""

from attrs import frozen


class HarnessError(Exception):
    """Whatever this package raises on purpose."""


@frozen
class Finding:
    """What was wanted, what came instead, and the message that shows it best."""

    wanted: str
    got: str
    message: str = ""
    """As on the wire, secrets and tokens hidden; empty where no message shows it."""


class Unmet(HarnessError):
    """An expectation was not met, or a step could not do its work."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"wanted {finding.wanted}, got {finding.got}")
        self.finding = finding


class NotObservable(HarnessError):
    """An expectation looks at what an external part does not show; the text says what that is."""


class NotApplicable(HarnessError):
    """The scenario needs what this lab, engine or machine does not have; the text says what."""


class NoReport(HarnessError):
    """There is no report to be read there; the text says why."""


class EnvironmentFault(HarnessError):
    """The machine lacks something; the text is the sentence to show."""
