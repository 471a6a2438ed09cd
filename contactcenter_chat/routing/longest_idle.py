"""Who has been without a new chat for the longest time?"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from .base import Candidate, Decision, Request, Router
from .order import used

ASKED = "asked_already"
KEPT_FOR_ANOTHER = "kept_for_another"
NOT_A_MEMBER = "not_a_member"
OTHERS_FIRST = "others_first"


class LongestIdle(Router):
    """Best level first, then the lowest share of capacity in use, then the longest idle, then the id.

    Whoever lost an offer because the customer left comes before all others.
    """

    looks_at_each = False

    def choose(self, request: Request, candidates: Sequence[Candidate]) -> Decision:
        ruled_out = {c.agent_id: reason for c in candidates if (reason := self._rules_out(request, c))}
        eligible = [c for c in candidates if c.agent_id not in ruled_out]
        if not eligible:
            return Decision("", ruled_out)
        first = min(eligible, key=partial(self.rank, request))
        ruled_out |= {c.agent_id: OTHERS_FIRST for c in eligible if c is not first}
        return Decision(first.agent_id, ruled_out)

    @staticmethod
    def _rules_out(request: Request, candidate: Candidate) -> str:
        if request.only_agent_id and candidate.agent_id != request.only_agent_id:
            return KEPT_FOR_ANOTHER
        if not request.only_agent_id and not candidate.level:
            return NOT_A_MEMBER
        if candidate.agent_id in request.asked_agent_ids:
            return ASKED
        return ""

    def rank(self, request: Request, candidate: Candidate) -> tuple[Any, ...]:
        """What candidates are sorted by, the first one first."""
        share = used(candidate.load, candidate.capacity)
        return not candidate.first_in_line, -candidate.level, share, candidate.idle_since, candidate.agent_id
