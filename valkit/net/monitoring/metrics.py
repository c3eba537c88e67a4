"""`GET /metrics` in the text format of Prometheus: what was counted is gathered when somebody asks, and not before.

Each program has a registry of its own. No label has a user, an identity or a token in it, and each has a bounded number
of values.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from attrs import define, field
from klein import Klein
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from twisted.internet.interfaces import IReactorTime
from twisted.web.http import Request

from valkit.net.counters import Counters
from valkit.net.monitoring.messages import Kind, Messages
from valkit.net.service import Running
from valkit.net.web import answer_errors_as_json, this_host_only
from valkit.tallies import Tallies


@define(eq=False)
class Metrics(Collector):
    """The metrics of one program; `app` is the klein application that shows them."""

    tallies: Tallies
    messages: Messages
    registry: CollectorRegistry
    running: Running | None = field(default=None, init=False)
    """The program, once it runs."""
    any_host: bool = False
    """Whether it may be asked by name: where it listens for others than this machine."""

    app = Klein()
    answer_errors_as_json(app)

    @classmethod
    def of(cls, tallies: Tallies, clock: IReactorTime, *, any_host: bool = False) -> "Metrics":
        """Make them, with a registry of their own."""
        registry = CollectorRegistry()
        metrics = cls(tallies, Messages(clock, registry), registry, any_host)
        registry.register(metrics)
        return metrics

    @app.route("/metrics", methods=["GET"])
    def page(self, request: Request) -> bytes:
        """Show every number."""
        if not self.any_host:
            this_host_only(request)
        request.setHeader("Content-Type", CONTENT_TYPE_PLAIN_0_0_4)
        request.setHeader("Cache-Control", "no-store")
        return generate_latest(self.registry)

    def describe(self) -> Iterator[Metric]:
        """Say nothing of what will be collected: it depends on the program that runs."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Gather what was counted."""
        yield from tallied(self.tallies)
        if self.running is None:
            return
        for name, value in self.running.readings.items():
            yield GaugeMetricFamily(name, SAID[name], value)
        for name, value in self.running.totals.items():
            yield CounterMetricFamily(name, SAID[name], value)
        endpoints = self.running.endpoints
        if endpoints:
            names = _names({name: {hop.host for hop in each.addresses} for name, each in endpoints.items()})
            yield from counted(self.messages, names)
            yield from of_endpoints({name: each.counters for name, each in endpoints.items()})
            transactions = GaugeMetricFamily("val_sip_transactions", "Transactions held now", labels=["element"])
            for name, each in endpoints.items():
                transactions.add_metric([name], each.transactions)
            yield transactions


SAID = {
    "val_bindings": "IMPUs that are bound now, each once in each VAL service",
    "val_registrations": "Registrations whose contacts stand now",
    "val_tokens_verified": "Access tokens that held",
}
"""What programs hold and count, for people."""


def tallied(tallies: Tallies) -> Iterator[Metric]:
    """Give a counter for each tally; one without labels is there from the beginning."""
    for tally, counts in tallies.counts.items():
        family = CounterMetricFamily(tally.name, tally.says, labels=tally.labels)
        for values, count in (counts if tally.labels else counts or {(): 0}).items():
            family.add_metric(values, count)
        yield family


def counted(messages: Messages, names: Mapping[str, str]) -> Iterator[Metric]:
    """Give requests and responses by the names of the elements that have these hosts."""
    requests = CounterMetricFamily("val_sip_requests", "SIP requests", labels=["element", "direction", "method"])
    responses = CounterMetricFamily(
        "val_sip_responses", "SIP responses", labels=["element", "direction", "method", "status"]
    )
    told: Counter[Kind] = Counter()
    for kind, count in messages.counts.items():
        told[kind._replace(host=names.get(kind.host, "other"))] += count
    for (element, direction, method, status), count in told.items():
        if status:
            responses.add_metric([element, direction, method, status], count)
        else:
            requests.add_metric([element, direction, method], count)
    repeated = CounterMetricFamily("val_sip_retransmissions", "Requests sent again", labels=["element"])
    for host, count in messages.repeated.items():
        repeated.add_metric([names.get(host, "other")], count)
    yield from (requests, responses, repeated)


COUNTED: tuple[tuple[str, str, Callable[[Counters], int]], ...] = (
    ("absorbed", "Requests that came again and were answered from memory", lambda each: each.transactions.absorbed),
    ("stray", "Responses that belong to no transaction", lambda each: each.transactions.stray),
    ("busy", "Requests answered 503 as too many were under way", lambda each: each.transactions.busy),
    ("malformed", "Messages that could not be read", lambda each: each.malformed),
    ("unsent", "Messages that no socket would take", lambda each: each.unsent),
    ("failed", "Requests whose handler failed", lambda each: each.failed),
    ("connections_opened", "Connections opened, by either side", lambda each: each.connections.opened),
    ("connections_refused", "Connections turned away as too many were open", lambda each: each.connections.refused),
)
"""What endpoints count whether or not anybody asks."""


def of_endpoints(counters: Mapping[str, Counters]) -> Iterator[Metric]:
    """Give what the endpoints have counted."""
    for name, says, read in COUNTED:
        family = CounterMetricFamily(f"val_sip_{name}", says, labels=["element"])
        for element, each in counters.items():
            family.add_metric([element], read(each))
        yield family


def _names(hosts: Mapping[str, set[str]]) -> Mapping[str, str]:
    """Give the element of each host; elements that share one share a name."""
    sharing: dict[str, list[str]] = {}
    for name, each in hosts.items():
        for host in each:
            sharing.setdefault(host, []).append(name)
    return {host: "+".join(names) for host, names in sharing.items()}
