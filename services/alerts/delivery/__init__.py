"""Webhook delivery: what is signed, where it may go, how one attempt ends and when the next is due."""
