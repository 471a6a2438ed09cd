"""How do open screens learn that there is something new?

Push is a hint, the database is the truth: a screen is told that a conversation is at some number or that its agent's
desk changed, and reads what it misses. A lost hint costs a moment, never a message.

- ``news``       what has changed, as it travels between processes
- ``sending``    collects the hints of a process and sends them, a few at a time
- ``listening``  tells the open screens of a process, and looks for itself once a second
"""

from .sending import agent_hint, hint, sign

__all__ = ["agent_hint", "hint", "sign"]
