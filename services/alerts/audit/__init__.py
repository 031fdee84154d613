"""The auditor: sees that a process is dead, Kafka away or the engine late, and gets the desk paged all the same.

It runs in the `api` and in the `engine` process, so that it never dies with what it watches: each sees the other's
silence. It needs PostgreSQL alone. Any number of them look beside each other.
"""
