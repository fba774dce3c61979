"""Storage: one SQLite database, one repository a subject, no HTTP."""

from oip_reference.storage.database import Database, DatabaseError

__all__ = ["Database", "DatabaseError"]
