"""What a scenario can ask: answers, messages, bindings, flags and events. Each module declares verbs of one subject."""

from harness.expect import answer, binding, event, flag, message, order

__all__ = ["answer", "binding", "event", "flag", "message", "order"]
