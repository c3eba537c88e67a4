"""The pages of the documentation: each command in them works and prints what they show; links lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.pages import ROOT, Command, File, desk, has_networks, steps
from tests.typed import commands, fault

DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.glob("*.md") if list(steps(path.read_text("utf-8"))))
ALL = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)(?:#([^)]*))?\)")
IN_TURN = [] if has_networks() else [pytest.mark.xdist_group("ports of pages")]
"""The programs of a page listen at the ports that it says: where these are the machine's, one worker takes all."""


def anchors(page: str) -> set[str]:
    """Give the anchors that a forge makes of the headings of a page."""
    heads = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem, marks=IN_TURN) for page in PAGES])
def test_what_a_page_says_to_do_works(page: Path, tmp_path: Path) -> None:
    """One command after the other, in a folder where examples and scenarios are at hand."""
    with desk(tmp_path) as shell:
        for step in steps(page.read_text("utf-8")):
            code, said = shell.do(step)
            if isinstance(step, Command):
                where = f"{page.name}:{step.line}: {step.text}\n{said}"
                assert code == 0 or step.may_fail, f"ended with {code}: {where}"
                assert step.fits(said), f"prints something else: {where}"


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.stem)
def test_every_command_that_a_page_shows_is_one(page: Path) -> None:
    """Also where nothing runs it, since it wants what a test has not: the command line takes it."""
    for block in BLOCK.finditer(page.read_text("utf-8")):
        for words in commands(block[2]):
            assert fault(words) == "", words


def test_what_a_ci_is_told_is_yaml_and_calls_val_as_it_wants_to_be_called() -> None:
    """The files for GitHub and GitLab; none of them is run here."""
    blocks = re.findall(
        r"^```yaml\n(.*?)^```$", (DOCS / "reports-and-ci.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    called = [list(commands("\n".join(_scripts(YAML(typ="safe").load(block))))) for block in blocks]
    assert len(called) == 2
    for calls in called:
        assert calls
        assert [fault(words) for words in calls] == [""] * len(calls), calls


def _scripts(told: Any) -> Iterator[str]:
    """Give what a CI is to run, in `run` (GitHub) or `script` (GitLab)."""
    match told:
        case {"run": str(line)}:
            yield line
        case {"script": list(lines)}:
            yield from lines
        case dict():
            for each in told.values():
                yield from _scripts(each)
        case list():
            for each in told:
                yield from _scripts(each)


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file of the repository, and to a heading in it."""
    for path, anchor in LINK.findall(page.read_text("utf-8")):
        if path.startswith("http"):
            continue
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name}: {path}"
        assert not anchor or anchor in anchors(target.read_text("utf-8")), f"{page.name}: {path}#{anchor}"


def test_every_page_is_in_the_index() -> None:
    """Whoever looks for it finds it there."""
    index = (DOCS / "README.md").read_text("utf-8")
    linked = {path for path, _ in LINK.findall(index)}
    assert {path.name for path in DOCS.glob("*.md")} - {"README.md"} <= linked


def test_a_page_is_read_as_it_is_meant() -> None:
    """Commands, what they print, and files; the rest is for people."""
    page = """# A page

```sh
# a comment
val check a \\
  b
val core &
```

```text
ssh somewhere
```

```yaml
# labs/ours.yaml
like: home
```

```console
$ false
$ echo $?
1
```
"""
    assert list(steps(page)) == [
        Command(5, "val check a \\\n  b"),
        Command(7, "val core &"),
        File("labs/ours.yaml", "# labs/ours.yaml\nlike: home\n"),
        Command(20, "false", "", may_fail=True),
        Command(21, "echo $?", "1\n"),
    ]


def test_what_is_shown_may_leave_something_out() -> None:
    """Three dots stand for anything, and nothing else does."""
    assert Command(1, "x", "a ... b\n").fits("a 1\n2 b\n")
    assert not Command(1, "x", "a ... b\n").fits("a 1 c\n")
    assert not Command(1, "x", "a.b\n").fits("axb\n")


def test_a_command_that_fails_or_prints_something_else_is_noticed(tmp_path: Path) -> None:
    """Or else no page would be held to anything."""
    with desk(tmp_path) as shell:
        assert shell.do(Command(1, "ls nowhere"))[0] == 2
        assert shell.do(Command(2, "echo $?")) == (0, "2\n")
        assert shell.do(Command(3, "cat")) == (0, "")
        shell.do(Command(4, "(echo it is ready; exec sleep 100) &"))
        assert shell.do(Command(5, "kill %1"))[0] == 0


def test_what_the_command_line_does_not_take_is_noticed() -> None:
    """A command, an argument or an option that there is not."""
    shown = (
        "$ val run --nope x.yaml | tail -1\n.venv/bin/val ue wave\nval token mint > t.txt\nval load --users 3  # all"
    )
    assert list(commands(shown)) == [
        ["run", "--nope", "x.yaml"],
        ["ue", "wave"],
        ["token", "mint"],
        ["load", "--users", "3"],
    ]
    assert [bool(fault(words)) for words in commands(shown)] == [True, True, True, False]
