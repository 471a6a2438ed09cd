"""How sure is it who a customer is? The levels, of which each is more than the one before."""

from enum import StrEnum


class Level(StrEnum):
    """Levels are compared by how sure they are: ``Level.CLAIMED < Level.CODE``."""

    NONE = "none"  # nothing is known
    DEVICE = "device"  # somebody who was there before
    CLAIMED = "claimed"  # said by the customer, or by an application of the customer
    CODE = "code"  # a one-time code has reached the customer
    SIGNED = "signed"  # logged in where the channel is

    @property
    def rank(self) -> int:
        """Where it stands among them, from 0."""
        return list(Level).index(self)

    # Text would be compared by its letters.
    def __lt__(self, other: str) -> bool:
        return self.rank < Level(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Level(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Level(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Level(other).rank


def reached(level: Level) -> list[Level]:
    """Return the levels that one who has this level has as well, the least first."""
    return [each for each in Level if each <= level]
