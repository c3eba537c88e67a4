"""What the programs share: SIP, AKA, tokens and their carriers, settings, the trace; in `net` the same on Twisted."""
