"""The registrations of those who are bound, followed by subscriptions to the reg event package (RFC 3680)."""
