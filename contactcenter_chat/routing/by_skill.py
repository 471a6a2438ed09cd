"""Who has what is asked for, and is free for it?"""

from typing import Any

from .base import Candidate, Request
from .longest_idle import LongestIdle
from .order import rank


class BySkill(LongestIdle):
    """Who meets the earliest step of the queue's plan comes first, then what the queue prefers.

    ``enough`` shares chats out evenly among those who can; ``best`` asks who can do it best. Whoever lost an offer
    because the customer left comes before all others of the same step.
    """

    looks_at_each = False

    def rank(self, request: Request, candidate: Candidate) -> tuple[Any, ...]:
        return rank(candidate, prefer=request.prefer)
