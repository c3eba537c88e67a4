"""What every program can be told in its file, told from the code: for a terminal and for a page.

The string beneath a field of a settings model is its documentation (`valkit.settings`). Pure.
"""

import inspect
from collections.abc import Iterator, Mapping

from attrs import frozen
from pydantic import BaseModel

from harness.language.fields import Told, fields, lines, models_in, table
from harness.plans.lab import LabPlan
from harness.provision.plan import Provisioning
from seal.cms.settings import CmsSettings
from seal.gms.settings import GmsSettings
from seal.idms.provisioning.provisioning import Provisions
from seal.idms.settings import IdmsSettings
from seal.kms.settings import KmsSettings
from seal.proxy.settings import ProxySettings
from sipcore_stub.settings import CoreSettings
from ue_sim.settings import UeSettings
from valserver.gateway.settings import GatewaySettings
from valserver.settings import ServerSettings


@frozen
class Manual:
    """A kind of file."""

    model: type[BaseModel]
    reader: str
    """The command that reads it."""


MANUALS: Mapping[str, Manual] = {
    "server": Manual(ServerSettings, "val server"),
    "core": Manual(CoreSettings, "val core"),
    "ue": Manual(UeSettings, "val ue"),
    "idms": Manual(IdmsSettings, "val idms"),
    "idms-users": Manual(Provisions, "val idms apply"),
    "kms": Manual(KmsSettings, "val kms"),
    "cms": Manual(CmsSettings, "val cms"),
    "gms": Manual(GmsSettings, "val gms"),
    "proxy": Manual(ProxySettings, "val proxy"),
    "gateway": Manual(GatewaySettings, "val gateway"),
    "provision": Manual(Provisioning, "val provision"),
    "lab": Manual(LabPlan, "val run --lab, val lab up"),
}
"""The kinds of files, by the names that `val settings` takes."""


@frozen
class Part:
    """One mapping of a file: the whole, or what stands under a path in it."""

    path: str
    """Such as `tokens.keys`; `[]` stands behind a list, `*` for any name. Empty for the whole."""
    says: str
    told: tuple[Told, ...]
    same_as: str | None = None
    """The path of an earlier part that may be told the same; then nothing is told here."""


def parts(model: type[BaseModel]) -> tuple[Part, ...]:
    """Give every mapping of a file, each before those in it."""
    return tuple(_parts(model, "", {}))


def plain(name: str) -> str:
    """Describe what a program can be told, or a part of it (`idms.tokens`); KeyError if there is none."""
    program, _, path = name.partition(".")
    chosen = [part for part in parts(MANUALS[program].model) if _within(part.path, path)]
    if not chosen:
        raise KeyError(name)
    return "\n\n".join("\n".join(_plain(program, part)) for part in chosen)


def markdown() -> str:
    """Describe every setting of every program, for the documentation."""
    page = [
        "# Settings of every program",
        "",
        "Made from the code by `make docs`. `val settings PROGRAM` shows the same in the terminal, and",
        "`val settings idms.tokens` a part of it. Files are YAML; `examples/` has one for each program. A path such as",
        "`subscribers[].impus` names what stands under `impus` in each entry of the list `subscribers`, `*` any name.",
    ]
    for program, manual in MANUALS.items():
        page += ["", f"## {program}: {manual.reader}"]
        page += [line for part in parts(manual.model) for line in _section(part)]
    return "\n".join(page) + "\n"


def _parts(model: type[BaseModel], path: str, known: dict[type[BaseModel], str]) -> Iterator[Part]:
    says = inspect.getdoc(model) or ""
    if model in known:
        yield Part(path, says, (), same_as=known[model])
        return
    known[model] = path
    yield Part(path, says, fields(model))
    for name, field in model.model_fields.items():
        for behind, inner in models_in(field.annotation):
            yield from _parts(inner, f"{path}.{field.alias or name}{behind}".lstrip("."), known)


def _within(path: str, wanted: str) -> bool:
    bare = path.replace("[]", "")
    return not wanted or bare == wanted or bare.startswith(f"{wanted}.")


def _plain(program: str, part: Part) -> Iterator[str]:
    yield f"{program}.{part.path}".rstrip(".")
    yield from (f"  {line}" for line in part.says.splitlines())
    if part.same_as is not None:
        yield f"  The same as {program}.{part.same_as}."
    yield from lines(part.told)


def _section(part: Part) -> Iterator[str]:
    if part.path:
        yield from ("", f"### `{part.path}`")
    yield from ("", " ".join(part.says.split()))
    if part.same_as is not None:
        yield from ("", f"As `{part.same_as}`.")
    yield from table(part.told, "setting")
