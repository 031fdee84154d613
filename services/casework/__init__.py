"""Casework: people as opaque references, their cases and who is responsible, and what follows an incident."""
