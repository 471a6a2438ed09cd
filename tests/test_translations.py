"""The Spanish catalogue: complete, compiled from what stands beside it; refusals are in people's language."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.utils.translation import override

import contactcenter_chat
from contactcenter_chat.actions.setup.webhooks import VerificationFailed
from contactcenter_chat.exceptions import AlreadyTaken, ContactCenterError, Invalid, InvalidFields, NotFound
from contactcenter_chat.isolates import unturned
from contactcenter_chat.outbound.requests import Response

CATALOGUE = Path(contactcenter_chat.__file__).parent / "locale" / "es" / "LC_MESSAGES"
QUOTED = r'"(?:[^"\\]|\\.)*"'
PLACE = re.compile(r"%\(\w+\)[sd]")


def entries(catalogue=CATALOGUE):
    """Each entry of a .po file as {"msgid": text, "msgstr": text, ...}, but for the header."""
    for block in (catalogue / "django.po").read_text(encoding="utf-8").strip().split("\n\n")[1:]:
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


def test_all_quotes_are_of_one_kind():
    assert [text for entry in entries() for text in translations(entry) if set(text) & set("«»‹›")] == []


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


# Refusals that only programs meet: a wire has the words of their docstrings.
MET_BY_PROGRAMS = {"StaleRevision", "AnotherBody", "ControlMoved", "OptedOut", "RateLimited"}
MET_BY_PEOPLE = ("actions", "attachments", "desk", "admin")
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
IN_TEMPLATES = re.compile(r"""\{% translate ("[^"]*"|'[^']*')""")
PACKAGE = Path(contactcenter_chat.__file__).parent


def calls(*rooms):
    """Every call in the modules of these rooms, or of the whole package, as (name of what is called, call)."""
    for room in rooms or ("",):
        for path in sorted((PACKAGE / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield ast.unparse(node.func).rpartition(".")[2], node


def subclasses(cls):
    return {cls}.union(*map(subclasses, cls.__subclasses__()))


def refusals():
    """Every refusal that is made where people may meet it, as (class's name, call)."""
    names = {cls.__name__ for cls in subclasses(ContactCenterError)}
    return [(name, call) for name, call in calls(*MET_BY_PEOPLE) if name in names]


def marked(call):
    """The text in ``_("…")``; None for what is no such thing."""
    is_mark = isinstance(call, ast.Call) and ast.unparse(call.func) in MARKS
    return call.args[0].value if is_mark and isinstance(call.args[0], ast.Constant) else None


def test_everything_that_is_marked_is_in_the_catalogue():
    texts = {marked(call) for _name, call in calls()} - {None}
    texts |= {
        text[1:-1]
        for path in PACKAGE.rglob("*.html")
        for text in IN_TEMPLATES.findall(path.read_text(encoding="utf-8"))
    }
    assert texts - {entry["msgid"] for entry in entries()} == set()


def test_nothing_that_is_marked_hides_in_an_f_string():
    """What collects the texts for translators does not look into them."""
    hidden = [
        ast.unparse(part)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if marked(part)
    ]
    assert hidden == []


def test_what_people_are_refused_is_marked():
    unmarked, bare = [], set()
    for name, call in refusals():
        message = call.args[0] if call.args else None
        if message is None:
            bare.add(name)
        elif name not in OWN_WORDS and marked(message) is None:
            unmarked.append(ast.unparse(call))
    assert sorted(unmarked) == DJANGOS
    assert bare == MET_BY_PROGRAMS


OWN_WORDS = {
    "Closed",
    "NotFound",
    "AlreadyTaken",
    "VerificationFailed",
    "UploadFailed",
    "FileRefused",
    "ArticlesRefused",
    "SetRefused",
}  # they are given no sentence
DJANGOS = [  # said by validators of fields, in the language that is active
    "Invalid(error.messages[0], field='label', value=label)",
    "Invalid(error.messages[0], field=field)",
    "Invalid(messages[0], field=field)",
]


def test_each_refusal_is_spanish_for_a_spaniard_and_english_for_a_program():
    texts = [marked(call.args[0]) for _name, call in refusals() if call.args and marked(call.args[0])]
    assert len(texts) > 75
    for text in texts:
        places = dict.fromkeys(re.findall(r"%\((\w+)\)s", text), "7")
        refused = ContactCenterError(text, **places)
        english = text % places if places else text
        with override("es"):
            assert (refused.message, str(refused)) == (english, english)
            assert refused.translated not in (english, "")
        with override("en"):
            assert unturned(refused.translated) == english


@pytest.mark.parametrize(
    ("refused", "english", "spanish"),
    [
        (AlreadyTaken("Ada"), "Ada has this chat.", "\u2068Ada\u2069 tiene este chat."),
        (AlreadyTaken("Ada\u202e"), "Ada\u202e has this chat.", "\u2068Ada\u2069 tiene este chat."),
        (AlreadyTaken(), "Another agent has this chat.", "Otro agente tiene este chat."),
        (
            NotFound("Offer", "7"),
            "Resource of type Offer with id 7 was not found.",
            "No existe o no puede verlo.",
        ),
        (
            InvalidFields([Invalid("May not have more than %(most)s items.", most=10, field="cards")]),
            "May not have more than 10 items.",
            "No puede tener más de 10 elementos.",
        ),
        (
            VerificationFailed("http://a.example", Response(duration_ms=1, status=404)),
            "The URL did not pass the verification. It answered 404.",
            "La URL no superó la verificación. Respondió 404.",
        ),
        (Invalid("100 % sure"), "100 % sure", "100 % sure"),
    ],
)
def test_refusals_that_make_their_own_sentence(refused, english, spanish):
    with override("es"):
        assert (refused.message, refused.translated) == (english, spanish)
