"""Where records are kept: the seam, a store that forgets, and one that survives a crash."""
