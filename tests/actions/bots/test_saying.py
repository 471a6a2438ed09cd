"""How does a bot say something?"""

from tests.facts import facts

from .conftest import says, take_turns


def test_that_it_is_one_is_a_fact_and_its_words_have_its_name(talk, bot):
    says(talk, "Hello")
    take_turns()
    told = [(kind, data) for _number, kind, _interaction, data in facts(talk)]
    assert ("bot.disclosed", {"bot": "helper"}) in told
    assert [data["bot"] for kind, data in told if kind == "message.added" and data["author_type"] == "bot"] == [
        "helper",
        "helper",
    ]
