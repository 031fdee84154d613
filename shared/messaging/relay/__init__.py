"""Outbox → Kafka: claim, publish, settle. One relay per service at a time; rows are chosen by state."""
