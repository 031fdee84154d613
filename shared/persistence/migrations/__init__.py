"""Tables that every service has, as the alembic branch `shared`; a service's own tables are the branch of its name."""
