"""What the bodies look like."""


def schemas(limits):
    return {name: {"type": "object"} for name in ("Door", "Doors", "Talk", "Words")}


SECURITY = {"toyKey": {"type": "apiKey", "in": "header", "name": "X-Toy-Key"}}
