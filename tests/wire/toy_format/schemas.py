"""What the bodies look like."""

SCHEMAS = {name: {"type": "object"} for name in ("Door", "Doors", "Talk", "Words")}
SECURITY = {"toyKey": {"type": "apiKey", "in": "header", "name": "X-Toy-Key"}}
