from pathlib import Path

import pytest

from sipcore_stub.hss import table
from sipcore_stub.settings import CoreSettings
from valkit.settings import SettingsError, read

K, OPC = "465b5ce8b199b49faa5f0a2ee238a6bc", "cd63cb71954a9f4e48a5994e37a02baf"
HEAD = "impi,impu,k,opc\n"


def core(folder: Path, text: str | bytes, *lines: str) -> CoreSettings:
    """Read a core with this table."""
    path = folder / "hss.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(CoreSettings, "\n".join(("domain: home.example", f"subscriber_table: {path}", *lines)), "core.yaml")


def refused(folder: Path, text: str | bytes, *lines: str) -> str:
    """Give what is said of a core with this table."""
    with pytest.raises(SettingsError) as raised:
        core(folder, text, *lines)
    return str(raised.value).replace(f"{folder}/", "")


def test_a_subscriber_of_a_table_is_one_of_the_settings(tmp_path: Path) -> None:
    """Several identities stand in a cell; what `val load` has columns for besides is passed over."""
    rest = f"domain: home.example\nsubscribers: [{{impi: a@x, impus: ['sip:a@x', 'tel:+1'], k: {K}, opc: {OPC}}}]"
    written = core(tmp_path, f"impi,impu,k,opc,user,token\na@x,sip:a@x tel:+1,{K},{OPC},alice,\n")
    (one,), (other,) = written.everyone, read(CoreSettings, rest, "core.yaml").everyone
    assert (one.impi, one.k, one.opc, one.identities) == (other.impi, other.k, other.opc, other.identities)


def test_both_ways_of_naming_them_go_together(tmp_path: Path) -> None:
    """Nobody stands in both."""
    one = f"subscribers: [{{impi: a@x, impus: ['sip:a@x'], k: {K}, opc: {OPC}}}]"
    assert [each.impi for each in core(tmp_path, f"{HEAD}b@x,sip:b@x,{K},{OPC}", one).everyone] == ["a@x", "b@x"]
    assert "the IMPI a@x stands here twice" in refused(tmp_path, f"{HEAD}a@x,sip:b@x,{K},{OPC}", one)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{HEAD}a@x,sip:a@x,{K[:-1]},{OPC}", "hss.csv:2:1: k: is not a key (expected 32 or 64 hexadecimal digits)"),
        (f"{HEAD}a@x,sip:a@x,{K[:-1]}g,{OPC}", "hss.csv:2:1: k: is not a key (expected 32 or 64 hexadecimal digits)"),
        (f"{HEAD}a@x,sip:a@x,{K},", "hss.csv:2:1: has to have either op or opc"),
        (f"{HEAD}a@x,alice,{K},{OPC}", "hss.csv:2:1: impu: cannot be read (expected something like sip:alice@home"),
        (f"{HEAD},sip:a@x,{K},{OPC}", "hss.csv:2:1: impi: is missing"),
        (f"{HEAD}a@x,sip:a@x,{K},{OPC}\nb@x,sip:a@x,{K},{OPC}", "hss.csv:3:1: impu: sip:a@x stands on line 2 already"),
        (f"impi,kk\na@x,{K}", "hss.csv:1:1: names a column 'kk' that is not known (did you mean k?)"),
        ("impi\n\xff".encode("latin-1"), "hss.csv:2:1: is no UTF-8 text (octet 6"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str | bytes, says: str) -> None:
    """And no key is repeated."""
    said = refused(tmp_path, text)
    assert says in said
    assert K[:-1] not in said


def test_a_mistake_of_every_line_is_told_of_some(tmp_path: Path) -> None:
    """A table has very many."""
    lines = "".join(f"u{each}@x,sip:u{each}@x,{K},\n" for each in range(1_000))
    assert refused(tmp_path, HEAD + lines).count("\n") == table.FAULTS - 1


def test_a_table_that_is_not_there_is_told_where_it_is_named(tmp_path: Path) -> None:
    """With where it was looked for, and what a core needs in its place."""
    with pytest.raises(SettingsError, match=r"core.yaml:2:19: subscriber_table: cannot be read: absent.csv \(in the"):
        read(CoreSettings, "domain: home.example\nsubscriber_table: absent.csv", "core.yaml")
    with pytest.raises(SettingsError, match=r"nobody who can register \(expected subscribers, or subscriber_table\)"):
        read(CoreSettings, "domain: home.example", "core.yaml")
    with pytest.raises(SettingsError, match=r"Is a directory"):
        read(CoreSettings, f"domain: home.example\nsubscriber_table: {tmp_path}", "core.yaml")


def test_a_table_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In bytes and in lines."""
    lines = "".join(f"u{each}@x,sip:u{each}@x,{K},{OPC}\n" for each in range(3))
    monkeypatch.setattr(table, "MOST", 2)
    assert "hss.csv:4:1: is one line too many (expected at most 2)" in refused(tmp_path, HEAD + lines)
    monkeypatch.setattr(table, "LARGEST", 100)
    assert "has more than 100 bytes" in refused(tmp_path, HEAD + lines)
