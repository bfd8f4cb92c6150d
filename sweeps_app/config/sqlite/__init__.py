"""Django's SQLite backend, with turns for the writers of one process."""
