"""The demo: one real week of reports, simulated phones, and a recount of everything straight from the topics."""
