"""What a scenario can do: tokens, phones, log-ins, keys, core, faults, programs, clock. Each module has one subject."""

from harness.steps import clock, core, endpoints, fault, idms, keys, mutations, partners, program, sign_in, token, ue

__all__ = [
    "clock",
    "core",
    "endpoints",
    "fault",
    "idms",
    "keys",
    "mutations",
    "partners",
    "program",
    "sign_in",
    "token",
    "ue",
]
