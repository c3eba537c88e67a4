from pathlib import Path

from harness.load.subscribers import core_settings, core_table
from harness.load.users import TEMPLATE, generated, listed
from sipcore_stub.settings import CoreSettings
from valkit.settings import read


def core(folder: Path, template: str, count: int) -> CoreSettings:
    """Write a core for so many users, and read it as `val core` does."""
    users = generated(template, "", count)
    (folder / "subscribers.csv").write_text(core_table(users), "utf-8")
    return read(CoreSettings, core_settings(users, str(folder / "subscribers.csv")), "core.yaml")


def test_a_core_is_written_that_knows_them(tmp_path: Path) -> None:
    """Its own reader takes both files, with the keys of the phones."""
    users = generated(TEMPLATE, "", 20)
    written = core(tmp_path, TEMPLATE, 20)
    assert [each.impi for each in written.everyone] == [each.settings.impi for each in users]
    assert [each.k for each in written.everyone] == [each.settings.usim.k for each in users]
    assert [each.method for each in written.filter_criteria] == ["REGISTER", "PUBLISH"]


def test_a_core_that_is_written_has_a_connection_for_each_ue(tmp_path: Path) -> None:
    """All of them from one address, as it is where they run on one machine."""
    written = core(tmp_path, TEMPLATE, 900)
    assert (written.connections.most, written.connections.per_host) == (1800, 1800)


def test_a_core_knows_cards_with_tuak_and_whoever_has_a_password(tmp_path: Path) -> None:
    """With what the operator chose of it."""
    identity = "impi: u{n}@x.example\nimpu: sip:u{n}@x.example\n"
    tuak = f"usim: {{algorithm: tuak, k: '{{k}}', topc: '{'cd' * 32}', tuak: {{res: 128}}, ind_bits: 4}}"
    (card,) = core(tmp_path, identity + tuak, 1).everyone
    assert (card.algorithm, card.topc, card.tuak.res, card.ind_bits) == ("tuak", b"\xcd" * 32, 128, 4)
    (known,) = core(tmp_path, f"{identity}usim: {{algorithm: digest, password: 'a, \"b\"; {{n}}'}}", 1).everyone
    assert known.password == 'a, "b"; 1'


def test_the_table_of_the_core_is_one_of_users_as_well() -> None:
    """Whoever has it needs no other one for `--csv`."""
    users = generated(TEMPLATE, "", 3)
    again = listed(TEMPLATE, "", core_table(users), "core.subscribers.csv")
    assert [each.settings for each in again] == [each.settings for each in users]
