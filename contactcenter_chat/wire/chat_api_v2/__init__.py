"""What do things look like in Chat API v2?

- ``callbacks``  what a webhook is told
- ``requests``   what clients send
- ``answers``    what they get
- ``problems``   what they get when something is wrong
"""

from .callbacks import event_body, verify_body

__all__ = ["event_body", "verify_body"]
