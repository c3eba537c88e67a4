"""The UE: a USIM, a SIP registration client and the token it carries."""
