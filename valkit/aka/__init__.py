"""3GPP authentication and key agreement, pure: Milenage and TUAK, vectors, sequence numbers, and AKA Digest in SIP."""
