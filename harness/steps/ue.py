"""Phones: what their users have them do, and what they may do wrong."""

from collections.abc import Awaitable, Mapping
from functools import reduce
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from harness.errors import EnvironmentFault, Finding, NotApplicable, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.stage import Answered, Stage
from ue_sim import conduct
from ue_sim.engine import BY_THE_BOOK, Answer, Conduct
from ue_sim.errors import Incapable, NoStack, UeError
from ue_sim.wallet import Choice
from valkit.settings import YesNo
from valkit.sip.errors import Misuse, ParseError
from valkit.sip.message import Message, Request
from valkit.trace import Message as Sent


def _token(value: object) -> bool | str:
    return {"yes": True, "no": False, "true": True, "false": False}.get(str(value).lower(), str(value))


Token = Annotated[bool | str, BeforeValidator(_token)]
"""`yes`, the token at hand; `if any`, the token at hand if there is one; `no`, none; or a token by its name."""

IF_ANY = "if any"

Seconds = Annotated[int, Field(ge=0, lt=2**32)]
"""As many as a header field can say (delta-seconds, RFC 3261 20.19)."""


class Call(Arguments):
    """Whom it is about, and how the phone behaves."""

    short = "ue"

    ue: str
    """Which phone."""
    res: Literal["right", "wrong", "none"] = "right"
    """What it answers to a challenge."""
    call_id: Literal["kept", "changed"] = "kept"
    """`changed`: the challenge is answered under another Call-ID."""
    nonce_of: str | None = None
    """Answers with the nonce of the last challenge, before this, of that phone: its own, which is used up, or
    another's."""
    past_core: str | None = None
    """Sends it straight to this part and not through the core, as an outsider would."""
    headers: dict[str, str | None] = Field(default_factory=dict)
    """Header fields that it puts into its requests in place of its own; an empty one is left out."""


CarrierName = Literal["val-info", "mcptt-info", "mcvideo-info", "mcdata-info", "bearer"]


class WithToken(Call):
    """What a token may go with."""

    token: Token = False
    """The token that goes with it: `yes` is the one at hand, and the step fails if there is none; `if any` is the same,
    but goes without where there is none; `no` is none; else the name that a step gave to it."""
    tokens: dict[CarrierName, str] = Field(default_factory=dict)
    """Tokens for several VAL services in place of one: in which carrier, and the name of the token."""

    def brings_others(self) -> bool:
        """Whether it says in another way what goes with it than by `token`."""
        return bool(self.tokens)

    def tokens_asked(self) -> tuple[str, ...]:
        """Name the tokens that are named."""
        named = (self.token,) if isinstance(self.token, str) and self.token != IF_ANY else ()
        return (*named, *self.tokens.values())


class Renew(WithToken):
    """A registration of the identity in use."""

    expires: Seconds | None = None
    """Seconds it asks for; without it, 600000."""


class Register(Renew):
    """A registration."""

    impu: str | None = None
    """Another public identity than the one in use."""


class Publish(WithToken):
    """A publication."""

    token: Token = True
    """The token that goes with it."""
    settings: YesNo = True
    """Whether the user's settings go with it; without token and settings it refreshes what stands."""
    about: str | None = None
    """The user whose settings these are, in a document without a token."""

    def brings_others(self) -> bool:
        """Whether it says in another way what goes with it than by `token`."""
        return bool(self.tokens) or self.about is not None


@step("ue.register", acts=True)
async def register(stage: Stage, told: Register) -> None:
    """Register a phone with the SIP core; the challenge is answered on the way."""
    phone = stage.lab.ues[told.ue]
    await answered(stage, told, phone.register(impu=told.impu, token=choice(stage, told), **_asked(stage, told)))


@step("ue.reregister", acts=True)
async def reregister(stage: Stage, told: Renew) -> None:
    """Renew the registration of the identity in use."""
    phone = stage.lab.ues[told.ue]
    await answered(stage, told, phone.reregister(token=choice(stage, told), **_asked(stage, told)))


@step("ue.publish", acts=True)
async def publish(stage: Stage, told: Publish) -> None:
    """Send a PUBLISH over the route that the registration gave, or anew with the entity tag that stands."""
    phone = stage.lab.ues[told.ue]
    await answered(
        stage,
        told,
        phone.publish(
            token=choice(stage, told),
            tokens=_several(told),
            settings=told.settings,
            about=told.about,
            conduct=conduct_of(stage, told),
        ),
    )


@step("ue.log_off", acts=True)
async def log_off(stage: Stage, told: Call) -> None:
    """Take back what was published: PUBLISH with Expires 0; the phone stays registered."""
    await answered(stage, told, stage.lab.ues[told.ue].log_off(conduct=conduct_of(stage, told)))


@step("ue.deregister", acts=True)
async def deregister(stage: Stage, told: Call) -> None:
    """End the registration of a phone."""
    await answered(stage, told, stage.lab.ues[told.ue].deregister(conduct=conduct_of(stage, told)))


class Subscribe(Call):
    """A subscription to one's own registration."""

    expires: Seconds = 600_000
    """Seconds it is for; 0 ends it."""


@step("ue.subscribe", acts=True)
async def subscribe(stage: Stage, told: Subscribe) -> None:
    """Have a phone watch its own registration (reg event package); NOTIFYs come by themselves."""
    phone = stage.lab.ues[told.ue]
    await answered(stage, told, phone.subscribe(expires=told.expires, conduct=conduct_of(stage, told)))


class Replay(Call):
    """Which requests are sent once more."""

    of: str
    """Whose: everything of the method that this phone has sent so far, in its order."""
    method: str = "REGISTER"
    """Of which method."""


@step("ue.replay", acts=True)
async def replay(stage: Stage, told: Replay) -> None:
    """Have a phone send what it has overheard, byte for byte but for the Via; the answer is that to the last."""
    sent = [each for each in _sent(stage, told.of) if isinstance(each, Request) and each.method == told.method]
    if not sent:
        raise Unmet(Finding(f"a {told.method} of {told.of} to send once more", "there was none"))
    for request in sent:
        await answered(stage, told, stage.lab.ues[told.ue].resend(request=request, conduct=conduct_of(stage, told)))


@step("ue.switch_off", acts=True)
async def switch_off(stage: Stage, told: Call) -> None:
    """Take the battery out: the network is told nothing."""
    await stage.lab.ues[told.ue].close()


async def answered(stage: Stage, told: Call, call: Awaitable[Answer]) -> None:
    """Keep the answer for `expect.answer`; while the phone waits, lost time is skipped."""
    try:
        answer = await stage.lab.patience.during(call)
    except Incapable as error:
        raise NotApplicable(str(error)) from None
    except NoStack as error:
        raise EnvironmentFault(f"The phone {told.ue} cannot be used: {error}") from None
    except (UeError, Misuse) as error:
        raise Unmet(Finding("the phone to do it", str(error))) from None
    except ParseError as error:
        raise Unmet(Finding("an answer that can be read", str(error))) from None
    stage.answered = Answered(told.ue, answer)


def choice(stage: Stage, told: WithToken) -> Choice:
    """Say which token goes with it; Unmet if it is to be the one at hand and there is none."""
    if told.token == IF_ANY:
        return True
    if told.brings_others() and "token" not in told.model_fields_set:
        return False
    if told.token is True and stage.lab.ues[told.ue].wallet.choose(True) is None:
        raise Unmet(Finding(f"a token at hand for {told.ue}", f"there is none (`token: {IF_ANY}` would do without)"))
    return told.token


def _asked(stage: Stage, told: Renew) -> dict[str, Any]:
    """Give what is said of a registration beside its identity and token."""
    expires = {} if told.expires is None else {"expires": told.expires}
    several = {"tokens": _several(told)} if told.tokens else {}
    return {"conduct": conduct_of(stage, told), **several, **expires}


def _several(told: WithToken) -> Mapping[str, str]:
    """Give the tokens for several services by the names of their carriers."""
    return {str(carrier): token for carrier, token in told.tokens.items()}


def conduct_of(stage: Stage, told: Call) -> Conduct:
    """Say how the phone behaves in this call."""
    wishes = [conduct.header(name, *([value] if value is not None else [])) for name, value in told.headers.items()]
    if told.res != "right":
        wishes.append(conduct.wrong_res() if told.res == "wrong" else conduct.no_response())
    if told.call_id == "changed":
        wishes.append(conduct.elsewhere(stage.lab.ids.call_id()))
    if told.nonce_of is not None:
        wishes.append(conduct.with_nonce(_last_nonce(stage, told.nonce_of)))
    if told.past_core is not None:
        wishes.append(conduct.directly_to(stage.lab.address(told.past_core)))
    return reduce(conduct.both, wishes, BY_THE_BOOK)


def _sent(stage: Stage, ue: str) -> list[Message]:
    """Give what a phone has sent."""
    events, cast = stage.lab.wire.trace.events, stage.lab.cast
    return [each.message for each in events if isinstance(each, Sent) and cast.name(each.source) == ue]


def _last_nonce(stage: Stage, ue: str) -> str:
    """Give the nonce of a phone's last challenge."""
    events, cast = stage.lab.wire.trace.events, stage.lab.cast
    heard = [each.message for each in events if isinstance(each, Sent) and cast.name(each.target) == ue]
    nonces = [each.challenge.get("nonce") for each in heard if each.challenge is not None]
    if not nonces or nonces[-1] is None:
        raise Unmet(Finding(f"a challenge to {ue}", "there was none"))
    return nonces[-1]
