"""What do things look like in Chat Gateway v1?

- ``callbacks``    what a webhook is told
- ``attachments``  how files and cards look everywhere
- ``cards``        how files and cards look everywhere
- ``requests``     what clients send
- ``problems``     what they get when something is wrong
- ``responses``    what they get
- ``outgoing``     what we tell a remote centre
- ``incoming``     what its callbacks tell us
- ``users``        how a customer's data travel
"""

from .callbacks import event_body, verify_body

__all__ = ["event_body", "verify_body"]
