"""Small publications, in files and in Postgres, and the server for the latter. Not here: what must come of them."""
