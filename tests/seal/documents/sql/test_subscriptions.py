from sqlalchemy import Connection

from seal.documents.sql import subscriptions
from seal.notifying.subscriptions import Subscription


def test_a_subscription_comes_back_as_it_went_in(connection: Connection) -> None:
    """Whatever is in its callback."""
    kept = Subscription("s1", "al\0ice", "ptt", "https://127.0.0.1/\ud800", (1, 2), ("g 1", "g2"), 2.5, 100.0)
    assert subscriptions.subscribe(connection, kept, 1, 0.0)
    assert subscriptions.subscription(connection, "s1", 0.0) == kept
