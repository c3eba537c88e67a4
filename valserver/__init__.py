"""The VAL server: verifies the token of a third-party REGISTER or PUBLISH, binds IMPU and VAL service ID (5.X.3.2)."""
