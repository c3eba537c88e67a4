"""How scenarios are called in pytest's JUnit XML: after their files, as Jenkins and GitLab group them.

pytest makes a class name of a test's file and takes off `.py` alone; here `.yaml` goes too. What else is in the file is
pytest's own and `harness.run.order` has asked for it.
"""

from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.junitxml import LogXML, xml_key
from attrs import define

from harness.run.chosen import file_of

SUITE = "val"
"""The name of the test suite."""


@define(eq=False)
class Naming:
    """The pytest plugin that names the test case of each report."""

    _xml: LogXML | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Learn whether such a file is written."""
        self._xml = config.stash.get(xml_key, None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, None, None]:
        """Say the names before pytest does, which leaves alone what is said, and after it a failure in a line."""
        if self._xml is None:
            return (yield)
        case = self._xml.node_reporter(report)
        file, _, name = report.location
        case.add_attribute("classname", class_name(file_of(report.nodeid, name), file))
        case.add_attribute("name", name)
        yield
        if report.failed and report.when == "call":  # a case that is finished has given its nodes away
            for node in (each for each in case.nodes if each.tag == "failure"):
                node.set("message", headline(str(report.longrepr)))

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self) -> Generator[None, None, None]:
        """Name the file where pytest, which writes it now, cannot: a full disk names none."""
        try:
            yield
        except OSError as error:
            if self._xml is None or error.filename is not None:
                raise
            raise OSError(error.errno, error.strerror, self._xml.logfile) from None


def headline(reason: str) -> str:
    """Give a reason in one line, as a list of failed tests shows it: the message of it is in the text beneath."""
    lines = reason.splitlines()
    if reason.startswith("Traceback"):
        return lines[-1].strip()
    return ", ".join(" ".join(line.split()) for line in lines if not line.startswith("    "))


def class_name(shown: str, file: str) -> str:
    """Give the class name of a scenario: its file's path with dots, without the ending.

    pytest's node ID of a file outside the working directory has no path: there the name of the file has to do.
    """
    path = Path(shown)
    return ".".join((path if path.name else Path(Path(file).name)).with_suffix("").parts)
