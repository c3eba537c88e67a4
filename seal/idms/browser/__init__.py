"""What a person meets: the authorization endpoint, the log-in and its form, and signing out."""
