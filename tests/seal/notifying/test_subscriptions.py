from seal.notifying.subscriptions import Subscription


def test_a_callback_is_nobody_elses_business() -> None:
    """There may be a secret in it; how stores keep subscriptions stands in tests/contracts/test_documents_store.py."""
    kept = Subscription("s1", "alice", "ptt", "https://127.0.0.1/hunter2", (1,), (), 0.0, 1.0)
    assert "hunter2" not in repr(kept)
