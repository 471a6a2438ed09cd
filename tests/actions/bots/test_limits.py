"""What may a bot answer with, and when is it enough?"""

import pytest

from contactcenter_chat.actions.bots import limits
from contactcenter_chat.bots.base import Call, End, HandOver, Say, Think
from contactcenter_chat.models.spells import Miss


@pytest.mark.parametrize("action", [Say("Yes"), Say("?", miss="no_article"), Think(), HandOver(), End()])
def test_what_a_bot_may_answer_with(action):
    limits.check_action(action)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("Yes", "A bot cannot answer with 'Yes'."),
        (Call("book"), "A bot cannot answer with Call(tool='book', arguments={})."),
        (Say("?", miss="bored"), f"A miss is one of {', '.join(Miss.values)}, not 'bored'."),
    ],
)
def test_what_it_may_not(action, told):
    with pytest.raises(TypeError) as refused:
        limits.check_action(action)
    assert str(refused.value) == told


def test_so_many_things_make_a_turn():
    limits.check_number(49)
    with pytest.raises(RuntimeError, match="50 things"):
        limits.check_number(50)


@pytest.mark.parametrize(("seconds", "shown"), [(-1, 0), (10, 10), (500, 120)])
def test_how_long_it_thinks(seconds, shown):
    assert limits.thinks_for(Think(seconds)) == shown


def test_misses():
    first = limits.with_miss([], Miss.SAME_AGAIN)
    assert (limits.are_too_many(first), limits.is_last(first), limits.is_last([])) == (False, True, False)
    second = limits.with_miss(first, "no_article")
    assert second == ["same_again", "no_article"]
    assert limits.are_too_many(second)
    assert limits.with_miss(["no_article"] * 20, "said_no") == [*["no_article"] * 19, "said_no"]
