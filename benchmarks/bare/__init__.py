"""The least that a served API could do: DRF views that authenticate, or verify a signature, and insert one row."""
