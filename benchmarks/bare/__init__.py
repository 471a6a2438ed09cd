"""The least that a served API could do: a DRF view with token authentication that inserts one row."""
