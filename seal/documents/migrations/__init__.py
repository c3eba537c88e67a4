"""How the database of documents came to its shape, one module in `versions` for each step (Alembic)."""
