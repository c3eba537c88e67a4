"""What a scenario can ask: answers, messages, HTTP, tokens, keys, documents, bindings, flags, events; a module each."""

from harness.expect import answer, binding, documents, event, flag, http, keys, message, no_token, order, token

__all__ = ["answer", "binding", "documents", "event", "flag", "http", "keys", "message", "no_token", "order", "token"]
