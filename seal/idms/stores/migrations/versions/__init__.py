"""The steps; each says which one comes before it, and none is changed once it was released."""
