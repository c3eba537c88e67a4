"""A run: scenarios as pytest items, played in labs by one process or several, told as they end."""
