"""Between what the client writes and what the services take; no database."""
