"""S-IdMS: the OpenID provider of clause 5.X.2: authorization endpoint, token endpoint and what stands beside them."""
