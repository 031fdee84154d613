"""The embedded stack: real PostgreSQL and Kafka, an identity issuer and all services, started by one supervisor."""
