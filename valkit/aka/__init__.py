"""3GPP authentication and key agreement, pure: Milenage, vectors, sequence numbers, and its Digest form in SIP."""
