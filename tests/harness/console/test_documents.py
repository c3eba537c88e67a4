"""Documents by hand: what is wrong with a phone's file or a token; the rest is in tests/harness/commands."""

from pathlib import Path

import pytest

from tests.harness.commands.documented import phone, token
from tests.harness.commands.test_ue_keys import val
from valkit.net.ca import authority_in


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--config", "none.yaml"], 3, "none.yaml cannot be read"),
        (["--config", "bare.yaml"], 2, "bare.yaml has no configuration: where is the server?"),
        (["--config", "ue.yaml"], 2, "Without an access token there are no documents"),
        (["--config", "ue.yaml", "--token", "ue.yaml"], 2, "words"),
        (["--config", "ue.yaml", "--token", "nobody.jwt"], 2, "The token cannot be read"),
        (["--config", "ue.yaml", "--token", "alice.jwt"], 3, "gives no answer"),
        (["--config", "untrusted.yaml", "--token", "alice.jwt"], 3, "configuration.authority"),
    ],
)
def test_what_is_wrong_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, says: str
) -> None:
    """With the exit code that says what kind of reason it is, and no traceback."""
    monkeypatch.chdir(tmp_path)
    phone(tmp_path)
    Path("ue.yaml").rename("bare.yaml")
    phone(tmp_path, configuration="https://127.0.0.1:1")
    Path("ue.yaml").rename("untrusted.yaml")
    authority_in(tmp_path / "ca")
    phone(tmp_path, configuration="https://127.0.0.1:1")
    Path("untrusted.yaml").write_text(Path("untrusted.yaml").read_text().replace("authority.pem", "none.pem"))
    token(tmp_path, "alice")
    Path("nobody.jwt").write_text("nonsense")
    done = val("ue", "profile", *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
