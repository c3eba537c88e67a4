"""The HTTP (VAL) proxy of step C-1: one TLS tunnel from the UE, every SEAL server behind it (TS 24.547 annex A.2.2).

A reverse proxy for its own provider's servers and a gateway to those partners' that its policy names; for nobody else.
`target`, `headers`, `routes`, `callers` and `deciding` are pure: a request's head in, where it goes and with which
headers out, or a `Refused`. `inbound` is the UE's side of it, `exchange` the server's.
"""
