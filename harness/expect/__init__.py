"""What a scenario can ask: answers, messages, HTTP, tokens, bindings, flags, events. Each module has one subject."""

from harness.expect import answer, binding, event, flag, http, message, order, token

__all__ = ["answer", "binding", "event", "flag", "http", "message", "order", "token"]
