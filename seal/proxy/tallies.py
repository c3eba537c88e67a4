"""Which notes of an HTTP proxy are counted for its metrics, and by what."""

from seal.proxy.errors import Refusal
from valkit.tallies import Tally

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
STATUSES = tuple(map(str, (200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308)))
REFUSED = tuple(
    map(str, (400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 421, 422, 428, 429, 431))
)
FAILED = tuple(map(str, (500, 501, 502, 503, 504, 505, 507)))

TALLIES = (
    Tally(
        "val_proxied",
        "Requests passed on, by method and the server's status",
        ["request passed on"],
        {"method": METHODS, "status": (*STATUSES, *REFUSED, *FAILED)},
    ),
    Tally(
        "val_proxy_refused",
        "Requests that the proxy answered itself, by cause",
        ["request refused"],
        {"cause": [each.cause for each in Refusal]},
    ),
)
