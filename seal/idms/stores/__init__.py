"""What is kept, and where: the seam, a store that forgets, and one in SQLite or PostgreSQL that survives."""
