"""How the database of the identity server came to its shape, one module in `versions` for each step (Alembic)."""
