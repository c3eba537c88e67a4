"""Migration of VAL users between domains (clause 5.X.5): a user of one domain is served by the VAL server of another.

`messages` are what the servers say to each other by way of their gateways, `rules` decides, `store` keeps; all that is
pure but for the store. `serving` carries it out: SIP from the client, HTTPS from and to the own gateway (`site`,
`asking`). `docs/migration.md` tells the procedure and its encoding.
"""
