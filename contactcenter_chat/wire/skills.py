"""Which skills does a client ask for? ``[{"name": "Fees", "level": 3}]``, in all formats."""

from .members import Anything

MOST = 20
LEVELS = range(1, 6)


class AskedSkills(Anything):
    """Its value is pairs of a name and a least level. Other members of the name are older than this: passed over."""

    def read(self, reader, name, limits, given):
        asked = super().read(reader, name, limits, given)
        is_ours = isinstance(asked, list) and len(asked) <= MOST and all(_is_skill(each) for each in asked)
        return tuple((each["name"].strip(), int(each.get("level", 1))) for each in asked) if is_ours else ()


def _is_skill(each):
    if not isinstance(each, dict) or not isinstance(each.get("name"), str) or not each["name"].strip():
        return False
    level = each.get("level", 1)
    return isinstance(level, int | float) and not isinstance(level, bool) and level in LEVELS


ASKED = AskedSkills(
    description='Of the agent: `[{"name": "Fees", "level": 3}]`, the level 1 to 5, by default 1. An unknown name is'
    " refused, anything else than such a list is not looked at."
)
