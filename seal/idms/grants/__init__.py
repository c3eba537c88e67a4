"""The grants of the token endpoint, one module each (RFC 6749 4, 6): name, parameters, and what is done."""
