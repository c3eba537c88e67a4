"""How what is kept stands in a database, SQLite's or PostgreSQL's; `seal.idms.stores.store_sql` is the way in."""
