"""What a queue's plan requires, by its steps, what was asked for, and who is there."""

import pytest

from contactcenter_chat.routing.plan import (
    ANY,
    TRANSLATE,
    Plan,
    Requirement,
    Stage,
    Step,
    Wish,
    requirement_of,
    serves,
    stage_of,
)

FEES = Plan(
    requires={"fees": 3},
    steps=(Step(40, requires={"fees": 1}), Step(90, requires={}, language=TRANSLATE), Step(200, asked=False)),
)
SPANISH = Wish(language="es", skills={"visas": 2})


def everybody(_requirement):
    return True


@pytest.mark.parametrize(
    ("step", "skills", "language"),
    [
        (0, {"fees": 3, "visas": 2}, "es"),
        (1, {"fees": 1, "visas": 2}, "es"),
        (2, {"visas": 2}, ""),
        (3, {}, ""),
    ],
)
def test_what_a_step_does_not_name_stays(step, skills, language):
    assert requirement_of(FEES, SPANISH, step) == Requirement(skills, language)


def test_of_two_levels_of_a_skill_the_higher_is_required():
    wish = Wish(skills={"fees": 5})
    assert requirement_of(FEES, wish, 0).skills == {"fees": 5}
    assert requirement_of(FEES, Wish(skills={"fees": 1}), 0).skills == {"fees": 3}


def test_a_queue_may_ask_for_no_language():
    assert requirement_of(Plan(language=ANY), SPANISH, 0) == Requirement({"visas": 2}, "")


@pytest.mark.parametrize(
    ("waited", "step", "next_after"), [(0, 0, 40), (39.9, 0, 40), (40, 1, 90), (150, 2, 200), (200, 3, None)]
)
def test_steps_are_reached_by_the_time_in_the_queue(waited, step, next_after):
    assert stage_of(FEES, SPANISH, waited, can_be_met=everybody) == Stage(
        step, requirement_of(FEES, SPANISH, step), next_after
    )


def test_a_step_that_was_left_does_not_come_back():
    assert stage_of(FEES, SPANISH, 0, reached=2, can_be_met=everybody).step == 2
    assert stage_of(FEES, SPANISH, 0, reached=9, can_be_met=everybody).step == 3  # the plan has become shorter


@pytest.mark.parametrize(
    ("there", "step"),
    [
        ([({"fees": 3, "visas": 2}, {"es": 1})], 0),
        ([({"fees": 2, "visas": 2}, {"es": 1})], 1),
        ([({"fees": 3, "visas": 2}, {"en": 5})], 2),
        ([({"fees": 3}, {"es": 5})], 3),
        ([], 3),
    ],
)
def test_what_nobody_there_has_is_skipped_at_once(there, step):
    def can_be_met(requirement):
        return any(requirement.is_met(*agent) for agent in there)

    assert stage_of(FEES, SPANISH, 0, can_be_met=can_be_met).step == step


def test_without_steps_nothing_is_ever_less_strict():
    plan = Plan(requires={"fees": 5})
    assert stage_of(plan, Wish(), 10_000, can_be_met=lambda requirement: False) == Stage(
        0, Requirement({"fees": 5}), None
    )


@pytest.mark.parametrize(
    ("tag", "wanted", "answer"),
    [
        ("pt-BR", "pt", True),
        ("pt", "pt-BR", True),
        ("pt-br", "PT-BR", True),
        ("pt-PT", "pt-BR", False),
        ("es", "est", False),
        ("zh-Hant", "zh-Hant-TW", True),
    ],
)
def test_languages(tag, wanted, answer):
    assert serves(tag, wanted) is answer
    assert Requirement(language=wanted).is_met({}, {tag: 1}) is answer
