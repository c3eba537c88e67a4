from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from tests.support import Awaited, Network, element, register
from valkit.net.monitoring.metrics import Metrics
from valkit.net.service import Running
from valkit.sip import Hop, Request, Response
from valkit.tallies import Tallies, Tally
from valkit.trace import Note

CLIENT, SERVER = "192.0.2.1", "192.0.2.2"
REFUSED = Tally("val_refused", "Refusals", ["refused"], {"cause": ["expired"]})
LOG_INS = Tally("val_log_ins", "Log-ins", ["logged in"])


async def stop() -> None:
    """Stop nothing."""


def accepted(request: Request, _: Hop) -> Response:
    """Answer 200."""
    return request.answer(200)


def shown(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Give every number on the page, by its name and the values of its labels in the order of their names."""
    families = text_string_to_metric_families(generate_latest(metrics.registry).decode())
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_what_was_counted_is_shown_by_the_names_of_the_elements() -> None:
    """Messages, what the endpoints count anyway, transactions, and notes."""
    network = Network()
    metrics = Metrics.of(Tallies([REFUSED, LOG_INS]), network.clock)
    server = element(network, SERVER, accepted, tap=metrics.messages)
    client = element(network, CLIENT, accepted)
    metrics.running = Running({}, stop, endpoints={"valserver": server})
    Awaited(client.request(register(), Hop("udp", SERVER, 5060)))
    network.run(1)
    network.carry((CLIENT, 1), (SERVER, 5060), b"junk")
    network.run()
    metrics.tallies(Note(0.0, "valserver", "refused", {"cause": "expired", "impu": "sip:alice@home.example"}))
    page = shown(metrics)
    assert page["val_sip_requests_total", "received", "valserver", "REGISTER"] == 1
    assert page["val_sip_responses_total", "sent", "valserver", "REGISTER", "200"] == 1
    assert page["val_sip_malformed_total", "valserver"] == 1
    assert page["val_sip_transactions", "valserver"] == server.transactions
    assert page["val_refused_total", "expired"] == 1
    assert page["val_log_ins_total",] == 0
    assert "alice" not in generate_latest(metrics.registry).decode()


def test_elements_at_one_host_share_what_passes_there() -> None:
    """Where a connection's port does not tell which it was; what they count by themselves stays apart."""
    network = Network()
    metrics = Metrics.of(Tallies([]), network.clock)
    one = element(network, SERVER, accepted, tap=metrics.messages)
    metrics.running = Running({}, stop, endpoints={"icscf": one, "scscf": one})
    Awaited(element(network, CLIENT, accepted).request(register(), Hop("udp", SERVER, 5060)))
    network.run(1)
    page = shown(metrics)
    assert page["val_sip_requests_total", "received", "icscf+scscf", "REGISTER"] == 1
    assert ("val_sip_busy_total", "icscf") in page


def test_two_programs_in_one_process_share_no_number() -> None:
    """Each has a registry of its own."""
    network = Network()
    one, other = (Metrics.of(Tallies([LOG_INS]), network.clock) for _ in range(2))
    one.tallies(Note(0.0, "idms", "logged in", {}))
    assert (shown(one)["val_log_ins_total",], shown(other)["val_log_ins_total",]) == (1, 0)
