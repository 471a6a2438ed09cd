"""What has changed, as it travels between processes, and by which way?"""

import json
from dataclasses import dataclass, field

CHANNEL = "contactcenter_chat"

# PostgreSQL refuses a payload of 8000 bytes.
MAX_BYTES = 7999


@dataclass
class News:
    """The newest number of each conversation that went on, and the agents whose desk changed.

    ``signs`` are who types or thinks in a conversation at this moment: ``kind author_type seconds``. ``reload`` says
    that there was too much to tell or that something was missed: everybody looks for themselves.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    agents: set[str] = field(default_factory=set)
    reload: bool = False
    signs: dict[str, str] = field(default_factory=dict)

    def __bool__(self):
        return bool(self.numbers or self.agents or self.reload or self.signs)

    def add_number(self, conversation_id, number):
        """Note a number; an older one, which may well come later, changes nothing."""
        self.numbers[conversation_id] = max(number, self.numbers.get(conversation_id, 0))

    def encode(self):
        """Return this as text of MAX_BYTES at most."""
        told = {"numbers": self.numbers, "agents": sorted(self.agents), "reload": self.reload, "signs": self.signs}
        text = json.dumps(told)
        return text if len(text.encode()) <= MAX_BYTES else News(reload=True).encode()

    @classmethod
    def decode(cls, text):
        """Read what ``encode`` wrote. Raises ValueError for anything else."""
        try:
            told = json.loads(text)
            signs = dict(told.get("signs", {}))  # a process of an earlier version tells of none
            return cls(dict(told["numbers"]), set(told["agents"]), bool(told["reload"]), signs)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"not a hint: {text[:80]!r}") from error
