"""What a scenario can do: tokens, phones, log-ins, faults, programs, the clock. Each module has one subject."""

from harness.steps import clock, fault, idms, program, sign_in, token, ue

__all__ = ["clock", "fault", "idms", "program", "sign_in", "token", "ue"]
