"""The gateway of a domain towards the other one, built in; what it says is heard."""

from typing import Any

import valserver.gateway.app
from harness.lab.overhearing import Overheard
from harness.lab.programs import BuiltIn, Surroundings
from harness.seen.cast import GATEWAY
from valkit.net.service import Running
from valserver.gateway.settings import GatewaySettings


class BuiltInGateway(BuiltIn[Running]):
    """The gateway in this process."""

    def __init__(self, around: Surroundings, brief: dict[str, Any]) -> None:
        super().__init__(self._begin)
        self._around = around
        self.brief = brief

    async def _begin(self) -> Running:
        around = self._around
        return await valserver.gateway.app.start(
            around.reactor,
            around.clock,
            GatewaySettings.model_validate(self.brief),
            around.ids,
            observe=around.observe,
            agents=lambda tls: Overheard(around.reactor, tls, around.named(GATEWAY), around.wire),
        )
