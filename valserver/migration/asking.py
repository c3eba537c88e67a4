"""The client of a gateway, or of another hop: one message to the next hop over mutually authenticated HTTPS."""

from math import inf

from attrs import frozen

from valkit.net.https import HttpsClient, HttpsError
from valserver.migration.errors import Unavailable
from valserver.migration.messages import Act, Message, NoMessage, Outcome, encoded, outcome_decoded

PATH = "/migrations/{id}"
END = "/migrations/{id}/end"


@frozen(eq=False)
class NextHop:
    """Where messages go."""

    https: HttpsClient
    url: str

    async def __call__(self, message: Message, within: float = inf) -> Outcome:
        """Send it, and wait `within` so many seconds, or as long as the client does if that is less.

        What it does can be done again (PUT, RFC 9110 9.2.2; an end ends once). Raises Unavailable.
        """
        method, path = ("PUT", PATH) if message.act is Act.MIGRATE else ("POST", END)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        try:
            url = self.url + path.format(id=message.id)
            answer = await self.https.request(method, url, encoded(message), headers, within)
            if answer.status != 200:
                raise Unavailable(f"the next hop answers {answer.status}")
            return outcome_decoded(answer.body)
        except (HttpsError, NoMessage) as error:
            raise Unavailable(str(error)) from None
