"""What programs meet: token, userinfo, introspection, revocation, keys and discovery. JSON only."""
