"""What a scenario can ask: answers, messages, HTTP, tokens, keys, bindings, flags, events; each module for one."""

from harness.expect import answer, binding, event, flag, http, keys, message, order, token

__all__ = ["answer", "binding", "event", "flag", "http", "keys", "message", "order", "token"]
