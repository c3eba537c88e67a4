"""Bindings in the VAL server: this IMPU speaks for this VAL user, in these VAL services."""

from collections.abc import Iterator
from typing import Literal

from harness.clients.observing import BindingSeen
from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.seen.cast import VALSERVER
from harness.seen.story import Remark
from harness.stage import Stage


class AtValServer(Arguments):
    """Which VAL server."""

    at: Literal["valserver", "partner.valserver"] = "valserver"
    """The one at home, or the partner's."""


class BindingIs(AtValServer):
    """One binding; what is not said may be anything."""

    impu: str
    """Whose it is."""
    val_user_id: str | None = None
    """For whom the IMPU speaks."""
    val_service_ids: tuple[str, ...] | None = None
    """The VAL services, all of them and no others, in any order."""
    service: str = ""
    """In which VAL service of a server that has several, as its settings name it."""
    via: tuple[Literal["REGISTER", "PUBLISH"], ...] | None = None
    """How the tokens came, all ways and no others."""
    token: str | None = None
    """A token that it rests on, by the name it was minted under."""

    def tokens_asked(self) -> tuple[str, ...]:
        """Name that token."""
        return (self.token,) if self.token is not None else ()


class NoBinding(AtValServer):
    """Whose binding is not there."""

    short = "impu"

    impu: str | None = None
    """The IMPU; nothing said: nobody's."""
    service: str | None = None
    """The VAL service, as the settings name it; nothing said: in none."""


@step("expect.binding")
async def expect_binding(stage: Stage, told: BindingIs) -> None:
    """Check that the VAL server holds this binding, and that it still does when all is quiet."""

    async def check() -> Finding | None:
        bindings = await stage.lab.domain_of(told.at).valserver.bindings()
        own = next((each for each in bindings if (each.impu, each.service) == (told.impu, told.service)), None)
        if own is not None and not list(_differences(stage, told, own)):
            return None
        return Finding(_wanted(told), (str(own) if own else _instead(bindings)) + _refusals(stage))

    await stage.until(check, lasting=True)


@step("expect.no_binding")
async def expect_no_binding(stage: Stage, told: NoBinding) -> None:
    """Check that, when all is quiet, the VAL server holds no binding of this IMPU, or none at all."""
    await stage.settled()
    for binding in await stage.lab.domain_of(told.at).valserver.bindings():
        if told.impu in {None, binding.impu} and told.service in {None, binding.service}:
            raise Unmet(Finding(f"no binding{f' of {told.impu}' if told.impu else ''}", str(binding)))


def _differences(stage: Stage, told: BindingIs, got: BindingSeen) -> Iterator[str]:
    if told.val_user_id not in {None, got.val_user_id}:
        yield "val_user_id"
    if told.val_service_ids is not None and set(told.val_service_ids) != set(got.val_service_ids):
        yield "val_service_ids"
    if told.via is not None and set(told.via) != set(got.via):
        yield "via"
    if told.token is not None and stage.tokens[told.token].jti not in got.jtis:
        yield "token"


def _wanted(told: BindingIs) -> str:
    words = [f"{told.impu} bound"]
    words += [f"to {told.val_user_id}"] if told.val_user_id else []
    words += [f"in {', '.join(told.val_service_ids)}"] if told.val_service_ids else []
    words += [f"of {told.service}"] if told.service else []
    words += [f"by {' and '.join(told.via)}"] if told.via else []
    words += [f"with the token {told.token}"] if told.token else []
    return " ".join(words)


def _instead(bindings: tuple[BindingSeen, ...]) -> str:
    others = "; ".join(map(str, bindings))
    return f"it is not bound; bound are: {others}" if others else "nothing is bound"


def _refusals(stage: Stage) -> str:
    """Add why the VAL server refused what would have bound, since the scenario began."""
    notes = (moment.note for moment in stage.moments(from_start=True) if isinstance(moment, Remark))
    causes = [note.fields.get("cause", "") for note in notes if (note.who, note.what) == (VALSERVER, "refused")]
    return f"; refused was: {', '.join(dict.fromkeys(causes))}" if causes else ""
