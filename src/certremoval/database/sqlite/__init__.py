"""Django's SQLite back end, with a shorter wait for the one write lock."""
