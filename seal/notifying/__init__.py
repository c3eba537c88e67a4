"""Who wants to hear of changes over HTTP, and how they are told (TS 24.546 A and B, TS 24.544 A and B)."""
