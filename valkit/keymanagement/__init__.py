"""What a key management server and its clients say to each other (TS 33.434 5.3 and 5.8, TS 33.180 Annex D), pure.

`resources` is where one asks, `requests` what one says there, `responses` what comes back: a `certificate`, which is
everybody's, or `keysets`, which are one user's. `times` has the two ways to write a time, `markup` the XML, read with
suspicion. Knows bytes and values, no keys' arithmetic (`valkit.idbased`) and no network.

SEAL leaves the encoding to the VAL service, so it is that of mission critical services, with their namespace and their
elements. Ours, in a namespace of ours, is what those lack: for which VAL services a key set is, and key material that a
VAL server provisions (`ProvisionedKey`, and the resource `provision` at which it does). Requests and responses that are
signed or encrypted under keys of their own (InK, TrK) are not done: TLS protects them.
"""
