"""Lines about bindings and events, as a terminal and a pipe get them."""

import pytest
from rich.cells import cell_len

from harness.console.listing import HEADINGS, NoValServer, Row, happening, listing, sentence, table

IMPU = "sip:a-rather-long-name@home.example"
CLIENT = "urn:uuid:9f5c2a1e-0000-4000-8000-00000000abcd"
ROW = Row(IMPU, "alice", "dispatch", "", "REGISTER", CLIENT, "2026-11-18 11:06:40Z")
BINDING = {
    "impu": IMPU,
    "val_user_id": "alice",
    "val_service_ids": ["dispatch"],
    "client_ids": [CLIENT],
    "via": ["REGISTER"],
    "ends": 1_795_000_000.0,
}


def test_a_binding_is_read_as_a_row() -> None:
    """The end is in UTC, and says so."""
    assert listing({"bindings": [BINDING], "more": False}).rows == (ROW,)


@pytest.mark.parametrize(
    "found", [{}, {"bindings": [1], "more": 0}, {"bindings": [{**BINDING, "ends": 1e400}], "more": 0}]
)
def test_what_no_val_server_says_is_told(found: dict[str, object]) -> None:
    """By an error of its own."""
    with pytest.raises(NoValServer):
        listing(found)


def test_columns_are_aligned() -> None:
    """Also where letters take two cells."""
    heading, first, second = table([ROW, ROW._replace(impu="sip:東京@home.example")], None)
    assert heading.index("VAL user") == first.index("alice")
    assert cell_len(second[: second.index("alice")]) == first.index("alice")


def test_a_narrow_terminal_shortens_the_client_and_nothing_else() -> None:
    """To its end, which tells it from others; an IMPU is never cut."""
    _, line = table([ROW], 110)
    assert cell_len(line) == 110
    assert "…" in line
    assert line.split()[4].endswith("abcd")
    _, line = table([ROW], 20)
    assert line.split() == [IMPU, "alice", "dispatch", "REGISTER", "…000abcd", "2026-11-18", "11:06:40Z"]


def test_what_a_peer_wrote_does_nothing_to_the_terminal() -> None:
    """Neither in a table nor in a line."""
    evil = {**BINDING, "val_user_id": "\x1b[2Jalice\r\n", "client_ids": ["\u202e"]}
    row = listing({"bindings": [evil], "more": False}).rows[0]
    assert (row.val_user, row.client) == ("\\x1b[2Jalice\\r\\n", "\\u202e")
    told = happening({"what": "bound\x1b", "at": 0, "impu": "\x07", "cause": "token"})
    assert sentence(told).plain.isprintable()


def test_an_event_is_a_line() -> None:
    """Time, what, who and why; a word that nobody said is left out."""
    event = {"what": "unbound", "at": 1_795_000_000.0, "impu": IMPU, "val_service_ids": ["a", "b"], "cause": "x"}
    assert sentence(happening(event)).plain == f"2026-11-18 11:06:40Z  unbound   {IMPU}  a b  x"


def test_a_migration_is_a_line_too() -> None:
    """Of whom, and which domain serves the user; why not."""
    event = {
        "what": "migration refused",
        "at": 0,
        "home": "alice of home.example",
        "partner": "p.example",
        "cause": "x",
    }
    assert (
        sentence(happening(event)).plain
        == "1970-01-01 00:00:00Z  migration refused  alice of home.example  p.example  x"
    )


def test_of_several_services_each_is_named() -> None:
    """In a column that is not there for one alone."""
    heading, row = table([ROW._replace(service="mcptt")], None)
    assert heading.index("service  ") == row.index("mcptt")
    assert "service  " not in next(iter(table([ROW], None))).replace("services", "")


def test_missed_events_are_a_line() -> None:
    """With their number."""
    assert sentence(happening({"count": 2})).plain == "2 events were missed"


def test_there_is_a_heading_for_each_column() -> None:
    """So that none is nameless."""
    assert all(HEADINGS)
