"""People of the project, and what it allows browsers to do."""
