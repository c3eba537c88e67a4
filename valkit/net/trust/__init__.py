"""Whose access tokens a server believes: an issuer's keys, from a file or over TLS, and what it says of a token.

`settings` says what can be told of it, `issuers` chooses the issuer by a token's `iss`; `key_file` and `key_site` keep
its keys up to date, `introspection` asks it besides. What a token must say is the caller's (`valkit.tokens`).
"""
