"""How Truce is run: the local stack, programme data, and what operators deploy. Production code never imports it."""
