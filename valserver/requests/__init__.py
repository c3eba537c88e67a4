"""SIP requests in, answers out: who may ask, what each is as a fact, and which token is proof."""
