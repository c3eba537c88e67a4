"""What a scenario can do: tokens, phones, log-ins, keys, documents, core, faults, programs, clock; a module each."""

from harness.steps import (
    clock,
    core,
    documents,
    endpoints,
    fault,
    idms,
    keys,
    messaging,
    migration,
    mutations,
    partners,
    program,
    provision,
    sign_in,
    token,
    ue,
)

__all__ = [
    "clock",
    "core",
    "documents",
    "endpoints",
    "fault",
    "idms",
    "keys",
    "messaging",
    "migration",
    "mutations",
    "partners",
    "program",
    "provision",
    "sign_in",
    "token",
    "ue",
]
