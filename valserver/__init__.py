"""The VAL server: takes the token of a third-party REGISTER or a PUBLISH, verifies it and binds IMPU and VAL service ID (5.X.3.2)."""
