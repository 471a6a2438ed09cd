"""What is allowed in a plan, and hardly meant."""

import pytest

from contactcenter_chat.routing.plan import ANY, TRANSLATE, Plan, Step
from contactcenter_chat.routing.plan_warnings import (
    HASTY_STEP,
    LONG_RING,
    NEVER_RELAXES,
    NO_TEXT,
    NO_TRANSLATION,
    UNREACHED_STEP,
    warnings_of,
)

FINE = Plan(requires={"fees": 3}, steps=(Step(40, requires={}), Step(80, language=ANY)))


def warned(plan=FINE, ring_seconds=20, target_seconds=60, **others):
    found = warnings_of(plan, ring_seconds=ring_seconds, target_seconds=target_seconds, **others)
    return [(each.code, each.places) for each in found]


@pytest.mark.parametrize("plan", [FINE, Plan(language=ANY), Plan(steps=(Step(40, language=ANY),))])
def test_what_is_meant_is_not_warned_of(plan):
    assert warned(plan) == []


@pytest.mark.parametrize("plan", [Plan(), Plan(requires={"fees": 1}, language=ANY)])
def test_what_never_relaxes(plan):
    assert warned(plan) == [(NEVER_RELAXES, {})]


def test_each_step_that_leaves_no_time_for_two_offers():
    plan = Plan(steps=(Step(39), Step(79), Step(118)))
    assert warned(plan) == [
        (HASTY_STEP, {"number": 1, "seconds": 39, "ring": 20}),
        (HASTY_STEP, {"number": 3, "seconds": 39, "ring": 20}),
    ]


@pytest.mark.parametrize(
    ("max_wait", "step"), [(0, None), (39, 1), (40, 1), (41, 2), (80, 2), (81, None), (900, None)]
)
def test_the_first_step_that_comes_after_the_longest_wait(max_wait, step):
    found = [(UNREACHED_STEP, {"number": step, "seconds": max_wait})] if step else []
    assert warned(max_wait_seconds=max_wait) == found


@pytest.mark.parametrize(("ring", "is_long"), [(29, False), (30, True), (60, True)])
def test_an_offer_that_rings_for_half_of_the_target(ring, is_long):
    plan = Plan(language=ANY)
    assert warned(plan, ring_seconds=ring) == ([(LONG_RING, {"ring": ring, "target": 60})] if is_long else [])


@pytest.mark.parametrize("plan", [Plan(language=TRANSLATE), Plan(steps=(Step(40, language=TRANSLATE),))])
def test_translation_without_anything_that_translates(plan):
    assert warned(plan) == [(NO_TRANSLATION, {})]
    assert warned(plan, translates=True) == []


def test_customers_who_are_to_be_told_nothing():
    assert warned(untold=["closed", "empty"]) == [(NO_TEXT, {}), (NO_TEXT, {})]
    assert warned(untold=["empty"]) == [(NO_TEXT, {})]
