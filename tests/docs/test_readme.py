"""Does the README begin as it should, and does it lead to what is there, also when PyPI shows it?"""

import re
from configparser import ConfigParser

from .pages import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def project():
    """The project's address, which every other one of its addresses begins with."""
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg")
    return config["metadata"]


URL = project()["url"]
FILES = f"{URL}/blob/main/"
PICTURES = FILES.replace("//github.com/", "//raw.githubusercontent.com/").replace("/blob/", "/")


def linked():
    """The files of the repository that the README links to."""
    return {
        link.removeprefix(start)
        for link in LINK.findall(README)
        for start in (FILES, PICTURES)
        if link.startswith(start)
    }


def test_it_opens_with_one_sentence_and_a_picture():
    title, sentence, picture, *_rest = README.split("\n\n")
    assert title == "# django-contactcenter-chat"
    assert re.fullmatch(r"[^.]+\.", sentence)
    assert picture.startswith("![")
    assert f"]({PICTURES}" in picture


def test_no_link_depends_on_where_it_is_read():
    assert [link for link in LINK.findall(README) if not link.startswith("https://")] == []


def test_what_it_links_to_is_there():
    assert "docs/_static/desk.png" in linked()
    assert [path for path in linked() if not (ROOT / path).is_file()] == []
    elsewhere = {link for link in LINK.findall(README) if not link.startswith((FILES, PICTURES))}
    assert elsewhere == {f"{URL}/issues"}


def test_it_leads_to_every_page_but_those_that_share_its_text():
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert pages - linked() == {"docs/index.md", "docs/quickstart.md", "docs/changelog.md"}


def test_the_projects_addresses_belong_together():
    addresses = dict(line.split(" = ") for line in project()["project_urls"].split("\n") if line)
    assert addresses.pop("Source") == URL
    assert addresses.pop("Issues") == f"{URL}/issues"
    assert all(
        (ROOT / re.sub(rf"^{re.escape(URL)}/(blob|tree)/main/", "", each)).exists() for each in addresses.values()
    )
