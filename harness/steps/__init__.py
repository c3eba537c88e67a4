"""What a scenario can do: tokens, phones, faults, programs and the clock. Each module declares verbs of one subject."""

from harness.steps import clock, fault, program, token, ue

__all__ = ["clock", "fault", "program", "token", "ue"]
