"""The HTTPS side of who takes in messages about migrations: a VAL server from its gateway, a gateway on both sides."""

from collections.abc import Awaitable, Callable

from klein import Klein
from twisted.web.http import Request

from valkit.net.web import HttpError, answer_errors_as_json, client_names, json_answer
from valserver.errors import StoreUnavailable
from valserver.migration.errors import Unavailable
from valserver.migration.messages import Act, Message, NoMessage, Outcome, decoded, outcome_said

Heard = Callable[[Message, frozenset[str]], Awaitable[Outcome]]
"""Takes in a message from who has these names in the certificate. Raises HttpError, Unavailable, StoreUnavailable."""


class MigrationSite:
    """The site; `app` is its klein application."""

    app = Klein()
    answer_errors_as_json(app)

    def __init__(self, heard: Heard) -> None:
        self._heard = heard

    @app.route("/migrations/<string:id_>", methods=["PUT"])
    async def migrate(self, request: Request, id_: str) -> bytes:
        """Take in a request to migrate; again with the same id it is the same one."""
        return await self._answered(request, id_, Act.MIGRATE)

    @app.route("/migrations/<string:id_>/end", methods=["POST"])
    async def end(self, request: Request, id_: str) -> bytes:
        """Take in the end of a migration."""
        return await self._answered(request, id_, Act.END)

    async def _answered(self, request: Request, id_: str, act: Act) -> bytes:
        try:
            assert request.content is not None
            message = decoded(request.content.read())
        except NoMessage as error:
            raise HttpError(400, f"the message cannot be read: {error}") from None
        if (message.id, message.act) != (id_, act):
            raise HttpError(400, "the message is another than the path says")
        try:
            outcome = await self._heard(message, client_names(request))
        except Unavailable:
            raise HttpError(504, "the next hop gave no answer in time") from None
        except StoreUnavailable:
            raise HttpError(503, "it cannot be kept just now") from None
        return json_answer(request, outcome_said(outcome))
