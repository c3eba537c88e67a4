"""The one way that a scenario of ours goes through a scenario of SIPp's, and what its commands say beside that. Pure.

A jump that is always taken is followed. Where SIPp may go either way, we go on; what is left out is told with its line.
"""

from collections.abc import Callable, Iterator, Mapping

from harness.sipp.reading import Command

Lose = Callable[[int, str], None]
"""Is told a line, and what of it could not be converted."""

QUIET = frozenset({"Reference", "ResponseTimeRepartition", "CallLengthRepartition", "Global", "User", "nop", "label"})
"""Elements that say nothing of what is on the wire."""
COUNTING = frozenset(
    {
        *("rtd", "start_rtd", "repeat_rtd", "crlf", "counter", "hide", "display", "index", "sanity_check"),
        *("rrs", "auth", "start_txn", "ack_txn", "response_txn", "ignoresdp"),
    }
)
"""Attributes for statistics and the screen, and for what our phones do by themselves."""
OWN: Mapping[str, frozenset[str]] = {
    "send": frozenset({"retrans"}),
    "recv": frozenset({"response", "request", "optional", "regexp_match"}),
    "pause": frozenset({"milliseconds", "variable", "distribution", "value", "min", "max", "mean", "stdev"}),
    "timewait": frozenset({"milliseconds"}),
    "nop": frozenset(),
}
"""Attributes that are looked at where the command is converted."""
BRANCHING = frozenset({"next", "test", "chance", "ontimeout", "condexec", "condexec_inverse"})
T1 = "500"
"""Milliseconds after which our phones send again."""
BECAUSE: Mapping[str, str] = {
    "lost": "what is lost on the way is said with fault.lose",
    "timeout": "how long a phone waits is for its timers to say",
}
END = 1 << 30
"""Behind the last command."""
TRUE = frozenset({"true", "global"})


def straight(commands: tuple[Command, ...], lose: Lose) -> Iterator[int]:
    """Give where each command on the way stands."""
    labels = {each.attributes.get("id", ""): at for at, each in enumerate(commands) if each.name == "label"}
    passed_over: set[str] = set()
    at = 0
    while at < len(commands):
        command = commands[at]
        jump = _jump(command, labels, at, lose, passed_over)
        for why in remarks(command):
            lose(command.line, why)
        if not is_optional(command):
            yield at
        elif _is_final(command):
            what = command.attributes.get("response") or command.attributes.get("request")
            lose(command.line, f"an optional {what}: an answer of ours is expected or not")
        at = at + 1 if jump is None else jump
    for label in passed_over & labels.keys():
        line = commands[labels[label]].line
        lose(line, f"label {label}: the way that leads here by a branch is not gone")


def is_optional(command: Command) -> bool:
    """Whether a scenario goes on without what is awaited."""
    return command.name == "recv" and command.attributes.get("optional") in TRUE


def remarks(command: Command) -> Iterator[str]:
    """Say what attributes of a command ask for that is not converted."""
    for name, value in command.attributes.items():
        if name in COUNTING or name in BRANCHING or (command.name in QUIET and command.name != "nop"):
            continue
        if name == "retrans" and value == T1:
            continue
        if name == "retrans":
            yield f"retrans={value!r}: when a phone sends again is for its timers to say ({T1} ms here)"
        elif name in BECAUSE:
            yield f"{name}={value!r}: {BECAUSE[name]}"
        elif command.name in OWN and name not in OWN[command.name]:
            yield f"{name}={value!r} is no attribute of <{command.name}> that is known here"


def _jump(command: Command, labels: Mapping[str, int], at: int, lose: Lose, passed_over: set[str]) -> int | None:
    """Give where a jump leads that is always taken; None where there is none, or none that is followed."""
    told = command.attributes
    target = told.get("next")
    doubts = [f"{name}={told[name]!r}" for name in ("test", "chance", "condexec") if name in told]
    doubts += ["optional"] if is_optional(command) and target is not None else []
    if "ontimeout" in told:
        passed_over.add(told["ontimeout"])
        lose(command.line, f"ontimeout={told['ontimeout']!r}: a scenario of ours goes one way; write one for each")
    if target is None or doubts:
        if target is not None:
            passed_over.add(target)
            doubts.insert(0, f"next={target!r}")
        if doubts:
            what = "goes one way; write one for each" if target is not None else "does this in any case"
            lose(command.line, f"{', '.join(doubts)}: a scenario of ours {what}")
        return None
    if target not in labels:
        lose(command.line, f"next={target!r} leads to no label")
        return None
    if labels[target] > at:
        return labels[target]
    lose(command.line, f"next={target!r} leads back: what SIPp repeats without end is there once")
    return END


def _is_final(command: Command) -> bool:
    """Whether what is awaited is more than a provisional answer."""
    return not command.attributes.get("response", "").startswith("1")
