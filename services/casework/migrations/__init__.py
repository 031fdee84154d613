"""Casework's own tables, as the alembic branch `casework`."""
