"""Who asks servers over HTTP, for scenarios and commands alike: operators at admin addresses, users who sign in."""
