"""Who proves to be whom: users by password and one-time code, clients by secret or signed assertion."""
