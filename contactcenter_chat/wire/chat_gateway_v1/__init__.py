"""What do things look like in Chat Gateway v1?

- ``callbacks``  what a webhook is told
- ``attachments``, ``cards``  how files and cards look everywhere
- ``requests``   what clients send
- ``answers``    what they get
- ``problems``   what they get when something is wrong
- ``commands``   what we tell a remote centre
- ``heard``      what its callbacks tell us
"""

from .callbacks import event_body, verify_body

__all__ = ["event_body", "verify_body"]
