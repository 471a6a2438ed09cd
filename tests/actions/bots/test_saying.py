"""How does a bot say something?"""

from tests.facts import facts

from .conftest import said, says, take_turns


def test_that_it_is_one_is_a_fact_and_its_words_have_its_name(talk, bot):
    says(talk, "Hello")
    take_turns()
    told = [(kind, data) for _number, kind, _interaction, data in facts(talk)]
    assert ("bot.disclosed", {"bot": "helper"}) in told
    assert [data["bot"] for kind, data in told if kind == "message.added" and data["author_type"] == "bot"] == [
        "helper",
        "helper",
    ]


def test_a_project_says_itself_that_it_is_a_bot(talk, bot, settings):
    own = {"en": "I am a machine of %(tenant)s."}
    settings.CONTACTCENTER_CHAT = {**settings.CONTACTCENTER_CHAT, "BOT_DISCLOSURES": own}
    says(talk, "Hello")
    take_turns()
    assert said(talk)[0] == "I am a machine of College."
