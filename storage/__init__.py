"""Where everything is kept: one schema and one set of SQL, on SQLite or PostgreSQL."""

from storage.store import Store, open_store

__all__ = ["Store", "open_store"]
