"""Which level is more than which?"""

from itertools import pairwise

import pytest

from contactcenter_chat.models.identity import IdentityLevel
from contactcenter_chat.wire.levels import Level, reached


def test_each_is_more_than_the_one_before():
    assert [level.value for level in Level] == ["none", "device", "claimed", "code", "signed"]
    for less, more in pairwise(Level):
        assert [less < more, less <= more, more > less, more >= less] == [True] * 4
        assert [less > more, less >= more, more < less, more <= less] == [False] * 4
        assert [less <= Level(less), less >= Level(less)] == [True] * 2


def test_they_compare_with_what_is_stored():
    assert Level.CODE > "claimed"
    assert Level.CODE >= IdentityLevel.CODE
    assert sorted([Level.SIGNED, Level.CLAIMED, Level.CODE]) == [Level.CLAIMED, Level.CODE, Level.SIGNED]
    with pytest.raises(ValueError, match="nonsense"):
        assert Level.CODE > "nonsense"


def test_who_has_one_has_those_below_it():
    assert reached(Level.CLAIMED) == [Level.NONE, Level.DEVICE, Level.CLAIMED]
    assert reached(Level.SIGNED) == list(Level)


def test_all_of_them_have_names():
    assert IdentityLevel.values == [level.value for level in Level]
