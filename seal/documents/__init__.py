"""Where XCAP documents and subscriptions to their changes are kept: in memory, in SQLite, or in PostgreSQL."""
