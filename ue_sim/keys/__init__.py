"""The key management client (S-KMC): a user's keys, fetched for an access token, checked, kept and used (C-2).

`client` asks a key management server, `checking` believes what it gives or does not, a `ring` holds what was believed
and signs, encapsulates and opens with it, `saved` is the file in which it outlives a command.
"""
