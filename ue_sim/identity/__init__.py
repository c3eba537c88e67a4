"""The phone's identity management client (SIM-C): log-in by the code flow, tokens kept fresh (clause 5.X.2, OIDC).

`pkce`, `provider`, `request`, `redirect`, `form`, `id_token`, `tokens` are pure; `client` asks the server, `headless`
fills in its form without a browser, `loopback` waits for the user's browser, `keeper` renews what the wallet holds.
"""
