from typer.testing import CliRunner

from harness.console.command_line import build
from harness.language.manual import MANUALS, markdown

RUNNER = CliRunner()


def test_every_kind_of_file_is_listed_with_who_reads_it() -> None:
    """A line each."""
    lines = RUNNER.invoke(build("settings"), ["settings"]).output.splitlines()
    assert [line.split()[0] for line in lines] == list(MANUALS)
    assert lines[0].endswith("Read by val server.")


def test_programs_and_parts_of_their_files_are_told() -> None:
    """As many as are named."""
    told = RUNNER.invoke(build("settings"), ["settings", "core.expiry", "idms.login"]).output
    assert "  minimum: duration, such as 30s, otherwise 1m" in told
    assert "  session: duration, such as 30s, otherwise 8h" in told


def test_a_name_that_is_none_is_told_with_what_to_do() -> None:
    """And ends with 2."""
    wrong = RUNNER.invoke(build("settings"), ["settings", "sever"])
    assert (wrong.exit_code, wrong.output) == (2, "sever is no program's settings (did you mean server?)\n")
    part = RUNNER.invoke(build("settings"), ["settings", "core.expire"])
    assert (part.exit_code, part.output) == (2, "core.expire is no program's settings (see `val settings core`)\n")


def test_the_page_is_markdown() -> None:
    """The one that make docs writes."""
    assert RUNNER.invoke(build("settings"), ["settings", "--markdown"]).output == markdown()
