"""What the programs share: the SIP kit, AKA, tokens and their carriers, settings, the trace; and in valkit.net the same on Twisted."""
