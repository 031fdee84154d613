"""The four services. They meet only in events."""
