"""How long it takes from a log-in at home to a binding in the partner domain, step by step, over real sockets.

python -m bench.interdomain

One phone, one flow at a time, everything in one process: what is shown is latency, and what share of it each step has.
"""

import argparse
from collections import defaultdict
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from twisted.internet import task
from twisted.internet.defer import Deferred

import harness.language.scenario  # noqa: F401  importing it declares the verbs
from harness.grammar.vocabulary import verbs
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab
from harness.stage import Stage

FLOW = (
    ("log-in at home", "ue.sign_in", {"ue": "alice"}),
    ("token exchange at home", "ue.exchange_token", {"ue": "alice", "as": "security"}),
    ("access token at the partner", "ue.present_token", {"ue": "partner.alice", "token": "security", "as": "abroad"}),
    ("REGISTER at the partner, bound", "ue.register", {"ue": "partner.alice", "token": "abroad"}),
)
BOUND = {"at": "partner.valserver", "impu": "sip:alice@partner.example", "token": "abroad"}
MS = 1000


async def measure(reactor: Any, flows: int) -> None:
    """Take the flow so often, and print what each step of it takes."""
    lab = await Lab.start(read_lab(SHIPPED / "two-domains.yaml")[0], reactor)
    stage = Stage(lab)
    took: dict[str, list[float]] = defaultdict(list)
    for _ in range(flows):
        lab.wire.trace.events.clear()
        begun = perf_counter()
        for what, verb, told in FLOW:
            start = perf_counter()
            await done(stage, verb, told)
            if verb == "ue.register":
                await done(stage, "expect.binding", BOUND)
            took[what].append(perf_counter() - start)
        took["the whole flow"].append(perf_counter() - begun)
        await done(stage, "ue.deregister", {"ue": "partner.alice"})
    await lab.stop()
    whole = median(took["the whole flow"])
    print(f"{flows} flows, one at a time{'':19}median     p90   share")
    for what, seconds in took.items():
        slow = quantiles(seconds, n=10)[-1]
        print(f"{what:40}{median(seconds) * MS:6.1f} ms{slow * MS:6.1f} ms{median(seconds) / whole:7.0%}")


async def done(stage: Stage, name: str, told: dict[str, str]) -> None:
    """Take one step of the scenario language."""
    verb = verbs()[name]
    if verb.acts:
        stage.begin_act()
    await verb.work(stage, verb.arguments.model_validate(told))


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flows", type=int, default=40)
    flows = parser.parse_args().flows
    task.react(lambda reactor: Deferred.fromCoroutine(measure(reactor, flows)))


if __name__ == "__main__":
    main()
