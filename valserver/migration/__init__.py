"""Migration of VAL users between domains (clause 5.X.5): a user of one domain is served by the VAL server of another.

`messages` are what the servers say to each other by way of their gateways, `policy` is what is agreed, `rules` decides,
`store` keeps; all that is pure but for the store. `serving` answers clients over SIP, `standing` the other domains, and
carries out what follows; HTTPS from and to the own gateway is `site` and `asking`. `docs/migration.md` tells the
procedure and its encoding.
"""
