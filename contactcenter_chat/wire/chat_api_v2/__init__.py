"""What do things look like in Chat API v2?

- ``callbacks``  what a webhook is told
- ``requests``   what clients send
- ``problems``   what they get when something is wrong
- ``responses``  what they get
- ``outgoing``   what we tell a remote centre
- ``incoming``   what its callbacks tell us
"""

from .callbacks import event_body, verify_body

__all__ = ["event_body", "verify_body"]
