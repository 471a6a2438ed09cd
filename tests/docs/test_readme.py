"""Does the README begin as it should, and does it lead to what is there?"""

import re

from .pages import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def test_it_opens_with_one_sentence_and_a_picture():
    title, sentence, picture, *_rest = README.split("\n\n")
    assert title == "# django-contactcenter-chat"
    assert re.fullmatch(r"[^.]+\.", sentence)
    assert picture.startswith("![")


def test_what_it_links_to_is_there():
    links = [link for link in LINK.findall(README) if "://" not in link]
    assert "docs/_static/desk.png" in links
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_it_leads_to_every_page_but_those_that_share_its_text():
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert pages - set(LINK.findall(README)) == {"docs/index.md", "docs/quickstart.md", "docs/changelog.md"}
