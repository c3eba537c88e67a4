"""The key management server (S-KMS): a user's identity-based keys for an access token (TS 33.434 5.3, step C-2).

`site` takes a request over HTTPS, `seal.access` tells who asks, `rights` what that one may have, `asking` whether the
request fits, and `desk` answers it: with keys that `authority` makes from the master secrets, or with key material that
VAL servers have `provisioned`. What must outlive the process is in the `vault`, encrypted.
"""
