"""What a run was told: which scenarios, where they play, and what is to be written. Values only."""

from pathlib import Path

from attrs import frozen

from harness.report.files import CAPTURES, JUNIT
from harness.run.chosen import said as paths_said
from harness.run.junit import SUITE


@frozen
class Order:
    """One `val run`."""

    paths: tuple[Path, ...]
    expression: str = ""
    """A choice in pytest's own words."""
    words: str = ""
    """Or words that stand in a scenario's file, name or clauses."""
    lab: Path | None = None
    engine: str = ""
    seed: str = ""
    junit: Path | None = None
    pcap: Path | None = None
    report: Path | None = None
    """The folder of the report, if there is to be one."""
    jobs: int = 1
    """Processes that play beside each other, at most."""
    verbose: bool = False
    only_list: bool = False

    def arguments(self) -> list[str]:
        """Say the same to pytest."""
        said = {
            "--junitxml": self._junit,
            "--val-pcap": self.captures,
            "--val-lab": self.lab,
            "--val-engine": self.engine,
            "--val-seed": self.seed,
        }
        told = [f"{name}={value}" for name, value in said.items() if value]
        told += [f"-ojunit_suite_name={SUITE}", "-ojunit_logging=system-out"] if self._junit else []
        told += [f"-k{self.expression}"] if self.expression else []
        told += ["--collect-only"] if self.only_list else []
        return [*paths_said(self.paths), *told]

    def told(self) -> dict[str, str]:
        """Give what a reader of the report should know of it."""
        said = {
            "paths": " ".join(map(str, self.paths)),
            "lab": self.lab,
            "engine": self.engine,
            "seed": self.seed,
            "only": self.expression or self.words,
        }
        return {name: str(value) for name, value in said.items() if value}

    @property
    def captures(self) -> Path | None:
        """Where captures are written: as told, or into the report."""
        return self.pcap or (self.report and self.report / CAPTURES)

    @property
    def _junit(self) -> Path | None:
        """Where pytest writes JUnit: as told, or into the report."""
        return self.junit or (self.report and self.report / JUNIT)
