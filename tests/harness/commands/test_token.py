"""`val token`: make, show, check; what it prints, what it writes, how it ends."""

from json import loads
from pathlib import Path
from time import time

import pytest
from typer.testing import CliRunner

from harness.commands.token import app
from tests.valkit.tokens.support import EC, NOW, STRANGER, claims, token
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, OK
from valkit.tokens import KeySet, TokenPolicy, Verifier, jwks
from valkit.tokens.compact import decode, split
from valkit.tokens.minting import sealed

val_token = CliRunner(env={"COLUMNS": "120", "TERM": "dumb"})
WHO = ["--user", "alice", "--service", "dispatch"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder to work in, with a key, its set of keys and a token."""
    monkeypatch.chdir(tmp_path)
    Path("key.pem").write_text(EC.pem())
    Path("keys.json").write_text(jwks(EC))
    Path("token.txt").write_text(token() + "\n")
    Path("binary").write_bytes(b"\xff\xfe\x00")
    return tmp_path


def run(*arguments: str, code: int = OK, typed: str | None = None) -> str:
    """Run the command, see how it ends, give what it said."""
    result = val_token.invoke(app, arguments, input=typed)
    assert result.exit_code == code, result.output
    return result.output


def test_a_minted_token_holds(folder: Path) -> None:
    """The token and nothing else is printed; the keys it wrote verify it."""
    printed = run("mint", "--new-key", "--key", "new.pem", "--jwks-out", "new.json", *WHO, "--service", "video")
    keys = KeySet.from_jwks(Path("new.json").read_text())
    policy = TokenPolicy("https://idms.home.example", "val-server")
    seconds = loads(run_claims(printed))["iat"]
    access = Verifier(policy, keys).verify(printed.strip(), seconds)
    assert (access.val_user_id, access.val_service_ids) == ("alice", ("dispatch", "video"))
    assert access.exp - access.iat == 300


def run_claims(printed: str) -> str:
    """Decode the payload of a token."""
    return decode(split(printed.strip().encode()).payload).decode()


def test_a_new_key_is_for_its_owner_alone(folder: Path) -> None:
    """Mode 600 from the first moment, and no key is overwritten."""
    run("mint", "--new-key", "--key", "new.pem", *WHO)
    assert Path("new.pem").stat().st_mode & 0o777 == 0o600
    before = Path("new.pem").read_text()
    assert "is there already. Leave out --new-key" in run("mint", "--new-key", "--key", "new.pem", *WHO, code=BAD_INPUT)
    assert Path("new.pem").read_text() == before


def test_the_key_set_has_no_private_key(folder: Path) -> None:
    """What goes to a server is the public half."""
    run("mint", "--key", "key.pem", "--jwks-out", "out.json", *WHO)
    assert loads(Path("out.json").read_text()) == loads(jwks(EC))


def test_claims_can_be_anything(folder: Path) -> None:
    """JSON where it is JSON, text where not, and null takes a claim out."""
    more = ["--claim", "aud=other", "--claim", "n=[1, 2]", "--claim", "jti=null", "--lifetime", "-1h"]
    said = loads(run_claims(run("mint", "--key", "key.pem", *WHO, *more)))
    assert (said["aud"], said["n"], "jti" in said) == ("other", [1, 2], False)
    assert said["exp"] - said["iat"] == 3600, "issued before it ended"
    assert said["exp"] < time() - 3590, "and over for so long"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--key", "none.pem"], BAD_ENVIRONMENT, "none.pem does not exist. Make it with --new-key."),
        (["--key", "keys.json"], BAD_INPUT, "keys.json: There is no private key in JWK here"),
        (["--key", "."], BAD_ENVIRONMENT, ". cannot be read"),
        (
            ["--key", "key.pem", "--alg", "RS256"],
            BAD_INPUT,
            "key.pem: The key does not sign with 'RS256' (expected ES256).",
        ),
        (["--key", "new.pem", "--new-key", "--alg", "HS256"], BAD_INPUT, "No key is made for 'HS256'"),
        (
            ["--key", "no/new.pem", "--new-key"],
            BAD_ENVIRONMENT,
            "no/new.pem cannot be written: No such file or directory.",
        ),
        (["--key", "key.pem", "--lifetime", "5"], BAD_INPUT, "--lifetime 5 is not a duration"),
        (["--key", "key.pem", "--claim", "x"], BAD_INPUT, "--claim x is no claim (expected NAME=VALUE)."),
        (["--key", "/dev/zero"], BAD_INPUT, "/dev/zero is too long"),
    ],
)
def test_what_cannot_be_minted(folder: Path, arguments: list[str], code: int, said: str) -> None:
    """The sentence says what to do; the code says whose fault it is."""
    assert said in run("mint", *arguments, *WHO, code=code)


@pytest.mark.parametrize("depth", [*range(880, 1010, 3), 50_000])
def test_a_claim_that_is_nested_too_deeply_is_told(folder: Path, depth: int) -> None:
    """Wherever the depth is too much for a reader or a writer of JSON, it ends in a sentence; else it is shown."""
    result = val_token.invoke(app, ["mint", "--key", "key.pem", *WHO, "--claim", f"x={'[' * depth}{']' * depth}"])
    assert result.exit_code in {OK, BAD_INPUT}, result.output
    if result.exit_code == OK:
        assert val_token.invoke(app, ["show"], input=result.output).exit_code in {OK, BAD_INPUT}
    else:
        assert result.output == "--claim is nested too deeply.\n"


def test_what_only_python_takes_for_json_is_text(folder: Path) -> None:
    """A payload with NaN or Infinity in it is no JSON, and nobody could read the token."""
    said = loads(run_claims(run("mint", "--key", "key.pem", *WHO, "--claim", "a=NaN", "--claim", "b=1e400")))
    assert (said["a"], said["b"]) == ("NaN", "1e400")


@pytest.mark.parametrize(("claim", "shown"), [("1e400", "inf"), ("[-1e400]", ["-inf"])])
def test_a_number_that_no_reader_holds_is_shown_as_text(folder: Path, claim: str, shown: object) -> None:
    """Infinity is no JSON."""
    text = sealed(EC, b"{}", b'{"iat": %b}' % claim.encode())

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    assert loads(run("show", text, "--json"), parse_constant=refuse)["claims"] == {"iat": shown}
    run("show", text)


@pytest.mark.parametrize("depth", [100, 600, 5_000])
def test_what_is_nested_deeply_is_told_in_json_or_refused(depth: int, folder: Path) -> None:
    """How deep Python can go differs from version to version; too deep is a sentence in each."""
    deep = sealed(EC, b"{}", b'{"a": %b%b}' % (b"[" * depth, b"]" * depth))
    result = val_token.invoke(app, ["show", deep, "--json"])
    if result.exit_code == OK:
        assert result.output.count("[") == depth
    else:
        assert result.exit_code == BAD_INPUT
        assert "nested too deeply" in result.output
    assert depth > 100 or result.exit_code == OK


def test_a_token_is_shown(folder: Path) -> None:
    """From an argument, a file or standard input, with or without its scheme; never its signature."""
    shown = [
        run("show", token(), "--at", str(NOW)),
        run("show", "token.txt", "--at", str(NOW)),
        run("show", "--at", str(NOW), typed=f"Bearer {token()}\n"),
    ]
    assert shown[0] == shown[1] == shown[2]
    for words in ("expires in 5 min", "dispatch, video", "64 bytes, not shown", "Not checked: give the issuer's keys"):
        assert words in shown[0]
    assert Path("token.txt").read_text().strip().rpartition(".")[2] not in shown[1]


@pytest.mark.parametrize(
    "at", [str(NOW + 60), "2027-01-15T08:01:00Z", "2027-01-15T09:01:00+01:00", "2027-01-15T08:01:00"]
)
def test_a_token_that_holds(folder: Path, at: str) -> None:
    """With the keys there is a verdict; the time can be given in several ways."""
    assert "Holds: signature, claims and times" in run("show", "token.txt", "--jwks", "keys.json", "--at", at)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--at", str(NOW + 7500)], "Refused (expired): The token's time is over. It ended 2 h ago."),
        (["--audience", "other"], "Its audience is 'val-server', expected 'other'."),
        (["--issuer", "https://other"], "Its issuer is 'https://idms.home.example', expected 'https://other'."),
        (["--scope", "other"], "Refused (missing_scope)"),
    ],
)
def test_a_token_that_does_not(folder: Path, arguments: list[str], said: str) -> None:
    """The cause by its name and in a sentence; the exit code tells a script."""
    assert said in run("show", "token.txt", "--jwks", "keys.json", "--at", str(NOW), *arguments, code=FAILED)


def test_a_pipe_gets_a_line_for_each_claim(folder: Path) -> None:
    """However long it is, and though the environment tells of a narrow terminal."""
    long = " ".join(["word"] * 100)
    shown = run("show", token(payload=claims(note=long)), "--at", str(NOW), "--jwks", "keys.json")
    assert any(line == f"  note             {long}" for line in shown.splitlines()), shown


@pytest.mark.parametrize(
    ("more", "code", "verdict"),
    [
        ([], OK, None),
        (["--jwks", "keys.json"], OK, {"holds": True}),
        (
            ["--jwks", "keys.json", "--audience", "other"],
            FAILED,
            {
                "holds": False,
                "cause": "wrong_audience",
                "why": "The token is meant for someone else. Its audience is 'val-server', expected 'other'.",
            },
        ),
    ],
)
def test_a_token_as_json(folder: Path, more: list[str], code: int, verdict: object) -> None:
    """Header and claims as they are, the verdict where there is one; no signature."""
    said = loads(run("show", "token.txt", "--at", str(NOW), "--json", *more, code=code))
    assert (said["header"]["typ"], said["claims"]["val_user_id"]) == ("at+jwt", "alice")
    assert said.get("verdict") == verdict


def test_a_token_of_another_key(folder: Path) -> None:
    """Its claims are shown all the same."""
    shown = run("show", token(STRANGER), "--jwks", "keys.json", "--at", str(NOW), code=FAILED)
    assert "val_user_id" in shown
    assert "Refused (unknown_kid)" in shown


def test_a_token_that_names_no_issuer(folder: Path) -> None:
    """What is not told is not asked, but must be there."""
    nameless = token(payload=claims(iss=None, aud=None))
    assert "Refused (missing_claim)" in run("show", nameless, "--jwks", "keys.json", "--at", str(NOW), code=FAILED)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["a.b.c"], BAD_INPUT, "is not base64url as it must be written"),
        (["nowhere"], BAD_ENVIRONMENT, "nowhere: there is no such file, and it is no token either."),
        (["nofile.txt"], BAD_ENVIRONMENT, "nofile.txt: there is no such file, and it is no token either."),
        (["../my.own.token"], BAD_ENVIRONMENT, "../my.own.token: there is no such file"),
        (["eyJhbGciOi"], BAD_INPUT, "The token is not"),
        (["key.pem"], BAD_INPUT, "The token is not a signed JWT"),
        (["token.txt", "--jwks", "nowhere.json"], BAD_ENVIRONMENT, "nowhere.json does not exist."),
        (["token.txt", "--jwks", "token.txt"], BAD_INPUT, "token.txt: The key set cannot be read"),
        (
            ["token.txt", "--at", "noon"],
            BAD_INPUT,
            "--at noon is no time (expected 2026-11-23T12:00:00Z or epoch seconds).",
        ),
        (["token.txt", "--at", "nan"], BAD_INPUT, "--at nan is no time"),
        (["token.txt", "--at", "1e400"], BAD_INPUT, "--at 1e400 is no time"),
        (["token.txt", "--at", "1e300"], BAD_INPUT, "--at 1e300 is no time"),
        (["/dev/zero"], BAD_INPUT, "/dev/zero is too long (expected at most 1000000 bytes)."),
        (["token.txt", "--jwks", "/dev/zero"], BAD_INPUT, "/dev/zero is too long"),
        (["binary"], BAD_INPUT, "binary is no text (expected UTF-8)."),
    ],
)
def test_what_cannot_be_shown(folder: Path, arguments: list[str], code: int, said: str) -> None:
    """The sentence says what was expected; the code says whose fault it is."""
    assert said in run("show", *arguments, code=code).replace("\n", " ")


@pytest.mark.parametrize("command", ["show", "mint"])
def test_help_has_examples(command: str) -> None:
    """Each in a line that can be copied."""
    assert f"val token {command} " in run(command, "--help")
