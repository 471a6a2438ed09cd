"""The Spanish catalogue: complete, and compiled from what stands beside it."""

import ast
import gettext
import re
from pathlib import Path

import contactcenter_chat

CATALOGUE = Path(contactcenter_chat.__file__).parent / "locale" / "es" / "LC_MESSAGES"
QUOTED = r'"(?:[^"\\]|\\.)*"'
PLACE = re.compile(r"%\(\w+\)[sd]")


def entries():
    """Each entry of the .po file as {"msgid": text, "msgstr": text, ...}, but for the header."""
    for block in (CATALOGUE / "django.po").read_text(encoding="utf-8").strip().split("\n\n")[1:]:
        fields = re.findall(rf"^(msg\w+(?:\[\d\])?) ((?:{QUOTED}\n?)+)", block, re.MULTILINE)
        yield {name: "".join(map(ast.literal_eval, re.findall(QUOTED, text))) for name, text in fields}


def translations(entry):
    return [text for name, text in entry.items() if name.startswith("msgstr")]


def test_everything_is_translated():
    assert [entry["msgid"] for entry in entries() if not all(translations(entry))] == []
    assert "#, fuzzy" not in (CATALOGUE / "django.po").read_text(encoding="utf-8")


def test_a_translation_has_the_places_of_what_it_translates():
    for entry in entries():
        for text in translations(entry):
            assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(entry["msgid"])), entry["msgid"]


def test_the_compiled_catalogue_says_the_same():
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in entries():
        if "msgid_plural" in entry:
            assert compiled.ngettext(entry["msgid"], entry["msgid_plural"], 1) == entry["msgstr[0]"]
            assert compiled.ngettext(entry["msgid"], entry["msgid_plural"], 2) == entry["msgstr[1]"]
        elif "msgctxt" in entry:
            assert compiled.pgettext(entry["msgctxt"], entry["msgid"]) == entry["msgstr"]
        else:
            assert compiled.gettext(entry["msgid"]) == entry["msgstr"]
