"""Are variables found, named and filled, and is what is missing a gap?"""

import re

import pytest

from contactcenter_chat.knowledge import variables
from contactcenter_chat.knowledge.variables import Filled, fill


def test_values_stand_in_place_of_the_names():
    values = {"customer.first_name": "Grace", "data.student_id": "S-17"}
    text = "Dear {customer.first_name} ({data.student_id}), {customer.first_name}!"
    assert fill(text, values) == Filled("Dear Grace (S-17), Grace!", [])


@pytest.mark.parametrize("values", [{}, {"data.student_id": ""}, {"data.student_id": "  "}])
def test_what_has_no_value_is_a_gap_and_stays(values):
    text = "{data.student_id} and {queue.name} and {data.student_id}"
    assert fill(text, values) == Filled(text, ["data.student_id", "queue.name"])


def test_a_value_is_not_read_once_more():
    values = {"customer.name": "{agent.name}", "agent.name": "Maria"}
    assert fill("{customer.name}", values) == Filled("(agent.name)", [])


def test_what_is_no_variable_stays():
    text = '{x} {customer} {"a": 1} {} {data.} {customer.name } {unknown.name}'
    assert fill(text, {"x": "1", "customer": "2", "data.": "3"}) == Filled(text, [])
    assert variables.variables_in(text) == []


def test_a_key_may_be_any_words_in_a_line():
    assert variables.variables_in("{data.Student ID} {data.año.1} {data.a\nb}") == ["data.Student ID", "data.año.1"]


def test_unknown_names_are_told_once():
    assert variables.unknown_in('{x} {a.b} {x} {customer.name} {"a": 1} {1} {data.k}') == ["x", "a.b"]


@pytest.mark.parametrize(("name", "meant"), [("x", ""), ("name", "customer.name"), ("data_x", ""), ("", "")])
def test_the_nearest_one(name, meant):
    assert variables.nearest(name) == meant


def test_many_braces_take_no_time():
    text = "{" * 50_000 + "data." * 10_000
    assert variables.variables_in(text) == variables.unknown_in(text) == []


def test_the_composer_reads_the_same_pattern():
    assert not re.search(r"\(\?[<P!]", variables.PATTERN)
