"""What a scenario can say, told from the code: every step with its arguments, for a terminal and for a page.

A verb's docstrings are its documentation (`harness.grammar.vocabulary`): nothing here is to be kept in step with it.
Pure.
"""

import inspect
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from harness.grammar.vocabulary import Verb, verbs
from harness.language.fields import Told, fields, lines, table, words_in

SHARING = """
Under `vars` values have names: `vars: {who: alice}`, and then `${who}` anywhere in the script; under `matrix` each name
has a list of values, and the script is played once for each combination.

`capture` takes values out of a message that was found, SIP or HTTP, and then `${captured.tag}` stands for one wherever
a text stands in later steps:

```yaml
steps:
  - expect.answer: {status: 200, capture: {tag: SIP-ETag}}
  - ue.publish: {ue: alice, token: no, settings: no}
  - expect.message: {from: alice, to: core, method: PUBLISH, headers: {SIP-If-Match: "${captured.tag}"}}
```

`include` takes in the steps of a file in a folder `shared`, beside the scenario, above it, or among ours. The file says
under `takes` what it has to be told, each with what is taken otherwise (an empty one has to be said):

```yaml
# shared/registered.yaml
about: Its user signs in, and the phone registers with the token.
takes: {ue: alice}
steps:
  - ue.sign_in: {ue: "${ue}"}
  - ue.register: {ue: "${ue}", token: yes}
```

`parallel` takes branches at once, each a list of steps. An expectation in a branch looks at what happened since the
last act of its own branch, whoever did it, and what it captures is known in that branch. All is quiet when the other
branches have ended too, or wait for quiet themselves: then the one written first goes on. The scenario goes on when all
have ended:

```yaml
steps:
  - parallel:
      - [{include: registered}]
      - [{include: {steps: registered, with: {ue: bob}}}, {expect.answer: 200}]
```""".splitlines()
"""What is no verb, for the documentation."""

CHAPTERS: Mapping[str, str] = {
    "ue": "Phones",
    "token": "Tokens",
    "expect": "Expectations",
    "idms": "The identity server",
    "core": "The core and its operator",
    "program": "Programs",
    "fault": "Faults on the wire",
    "clock": "Time",
}
"""What the words before the dot are about; one that is not here stands under its own name, after these."""


def told(verb: Verb) -> tuple[Told, ...]:
    """Give everything that a step can be told, what has to be said first."""
    return fields(verb.arguments)


def plain(verb: Verb) -> str:
    """Describe a step for a terminal."""
    head = [verb.name, *(f"  {line}" for line in verb.says.splitlines())]
    short = verb.arguments.short
    if short:
        head.append(f"  `{verb.name}: X` is short for `{verb.name}: {{{short}: X}}`.")
    within = [line for word, model in words_in(verb.arguments).items() for line in _plain_word(word, model)]
    return "\n".join([*head, *lines(told(verb)), *within])


def _plain_word(word: str, model: type[BaseModel]) -> Iterator[str]:
    yield from ("", f"  {word}", *(f"    {line}" for line in _says(model)))
    yield from (f"    {line}".rstrip() for line in lines(fields(model)))


def markdown() -> str:
    """Describe every step, chapter by chapter, for the documentation."""
    known = verbs()
    prefixes = dict.fromkeys([*CHAPTERS, *(name.partition(".")[0] for name in sorted(known))])
    page = [
        "# Every step and expectation",
        "",
        "Made from the code by `make docs`. `val steps NAME` shows one of them in the terminal. For your editor there",
        "are schemas of [scenarios](scenario.schema.json) and [labs](lab.schema.json), which `val steps --schema` and",
        "`val steps --lab-schema` give as well: put `# yaml-language-server: $schema=PATH` on top of a file.",
    ]
    page += ["", "## Sharing steps, and taking them at once", *SHARING]
    for prefix in prefixes:
        of_it = [verb for name, verb in sorted(known.items()) if name.partition(".")[0] == prefix]
        if of_it:
            page += ["", f"## {CHAPTERS.get(prefix, prefix)}", *(line for verb in of_it for line in _section(verb))]
    words = {word: model for verb in known.values() for word, model in words_in(verb.arguments).items()}
    page += ["", "## Within steps", *(line for word in sorted(words) for line in _word(word, words[word]))]
    return "\n".join(page) + "\n"


def _section(verb: Verb) -> Iterator[str]:
    yield from ("", f"### {verb.name}", "", verb.says)
    if verb.arguments.short:
        yield from ("", f"`{verb.name}: X` means `{verb.arguments.short}: X`.")
    yield from table(told(verb), "argument")


def _word(word: str, model: type[BaseModel]) -> Iterator[str]:
    yield from ("", f"### {word}", "", *_says(model))
    yield from table(fields(model), "member")


def _says(model: type[BaseModel]) -> list[str]:
    return (inspect.getdoc(model) or "").splitlines()
