"""Kafka → use cases, each effect exactly once: fetch, decode, dispatch, settle. Positions live with the effects."""
