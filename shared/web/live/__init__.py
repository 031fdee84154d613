"""Live feeds over server-sent events: a list's changes as they happen, resumed by position without loss."""
