"""What configuration management and group management servers have in common: documents over XCAP, for those who may.

`site` serves them, `operating` does so for the operator, `subscribing` takes subscriptions to changes, `app` puts all
together. Which documents there are and whose they are is the server's: `seal.cms`, `seal.gms`.
"""
