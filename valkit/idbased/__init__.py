"""Identity-based keys, pure: ECCSI signatures (RFC 6507), SAKKE encryption (RFC 6508), UIDs (TS 33.180 F.2.1).

What a key management server hands out and what a UE does with it. `eccsi` and `sakke` have a class for each key that
the RFCs name; `uid` makes the identity they are for; `parameters` is what everybody agrees on (RFC 6509); `curves`,
`multiples` and `pairing` are the arithmetic, `numbers` what it counts with. Keys and messages are bytes as they travel;
randomness is an argument.

**Neither Python's integers nor gmpy2's take constant time.** How long a multiplication or an inversion takes depends on
the values, so who can time many operations with one key, closely enough (a neighbour on the machine, a fast network),
may learn of the key; and secrets are not wiped from memory, since Python copies as it likes. That suits a test tool,
whose keys are made for a test and protect nothing. Never give it the master keys, SSK or RSK of a system that people
rely on.
"""
