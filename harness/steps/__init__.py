"""What a scenario can do: tokens, phones, log-ins, faults, programs, the clock. Each module has one subject."""

from harness.steps import clock, endpoints, fault, idms, program, sign_in, token, ue

__all__ = ["clock", "endpoints", "fault", "idms", "program", "sign_in", "token", "ue"]
