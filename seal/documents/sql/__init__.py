"""How documents and subscriptions stand in a database; `seal.documents.store_sql` is the way in."""
