"""The offline judge: what a VAL server that is right would have done with the requests in a capture.

arrivals   what reached the server, and what it answered
judging    our own VAL server without sockets: its handler, rules and memory store, on the capture's clock
terms      whose tokens, which service, whom it trusts: from settings or options
shown      decisions and bindings as lines and as JSON
"""
