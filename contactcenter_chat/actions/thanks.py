"""Did the customer say no more than thanks, after the end? That is kept, and nobody is asked to answer it.

Whatever else there may be in it, a question above all, is queued.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import timedelta

from ..conf import settings
from ..models import Conversation, clock
from ..models.conversations import ConversationState

WORDS_MOST = 3
EMOJI = frozenset("👍👌🙏😊🙂😀😃😄😁🤗👏🎉💐🌷❤♥☺")
SMILEYS = re.compile(r"(?<!\S)[:;]-?[)D](?!\S)")
NOT_SEEN = re.compile("[\N{VARIATION SELECTOR-16}\N{ZERO WIDTH JOINER}\U0001f3fb-\U0001f3ff]")  # what varies an emoji
BETWEEN = frozenset(".,!…¡-–—")
APOSTROPHES = str.maketrans("’`´", "'''")
# What is said in each language, parted by commas; several may stand together.
SAID = {
    "cy": "diolch, diolch yn fawr, diolch i chi, diolch i ti, iawn, ok, hwyl, hwyl fawr, da iawn",
    "de": "danke, danke schön, dankeschön, danke sehr, dankesehr, danke dir, danke ihnen, vielen dank, besten dank,"
    " herzlichen dank, tausend dank, merci, ok, okay, alles klar, super, prima, perfekt, gut, tschüss, tschüß, ciao,"
    " auf wiedersehen, schönen tag, schönen tag noch",
    "en": "thanks, thank you, thankyou, thx, tnx, ty, tysm, cheers, ta, many thanks, thanks a lot, thanks again,"
    " thanks so much, thank you again, ok, okay, great, perfect, super, lovely, brilliant, bye, bye bye, goodbye,"
    " good bye, all good, all the best, have a good day",
    "es": "gracias, muchas gracias, mil gracias, muchísimas gracias, muchisimas gracias, gracias a ti,"
    " gracias a usted, ok, okay, vale, perfecto, genial, estupendo, de acuerdo, adiós, adios, chao, hasta luego,"
    " saludos, buen día",
    "fr": "merci, merci beaucoup, merci bien, mille mercis, grand merci, merci encore, merci à vous,"
    " ok, okay, d'accord, parfait, super, très bien, au revoir, bonne journée, bonne soirée, à bientôt",
    "it": "grazie, grazie mille, mille grazie, molte grazie, tante grazie, ok, okay, va bene, perfetto, ottimo, ciao,"
    " arrivederci, buona giornata, a presto",
    "nl": "bedankt, dank je, dank u, dank je wel, dank u wel, dankjewel, dankuwel, hartelijk dank, ok, oké, prima,"
    " perfect, super, dag, doei, tot ziens, fijne dag",
    "pl": "dziękuję, dziekuje, dzięki, dzieki, dziękuję bardzo, dziekuje bardzo, bardzo dziękuję, ok, okej, super,"
    " świetnie, do widzenia, miłego dnia, pa",
    "pt": "obrigado, obrigada, muito obrigado, muito obrigada, obg, valeu, ok, okay, perfeito, ótimo, otimo, está bem,"
    " adeus, tchau, bom dia, até logo",
    "ca": "gràcies, gracies, moltes gràcies, moltes gracies, mercès, merci, ok, d'acord, perfecte, adéu, adeu",
    "sv": "tack, tack så mycket, tackar, många tack, ok, okej, bra, perfekt, hej då, hejdå",
}


def are_kept(conversation: Conversation, text: str) -> bool:
    """Whether these words are no more than thanks after the end. Expects the conversation locked."""
    ended_at = conversation.last_ended_at
    is_over = conversation.state == ConversationState.IDLE and not conversation.is_remote
    if not (is_over and ended_at):
        return False
    is_soon = clock.now() - ended_at <= timedelta(seconds=settings.THANKS_SECONDS)
    return is_soon and only_thanks(text) and _was_answered(conversation)


def _was_answered(conversation: Conversation) -> bool:
    """Whether somebody had it when it ended: who gave up waiting has nobody to thank."""
    last = conversation.interactions.order_by("-entered_at", "-pk").values_list("accepted_at", flat=True).first()
    return last is not None


def only_thanks(text: str) -> bool:
    """Whether somebody says thanks, in at most three words of one language, and nothing else; emoji are no words."""
    words, has_emoji = _words(text)
    if words is None or len(words) > WORDS_MOST:
        return False
    return any(_is_made_of(words, said) for said in _said().values()) if words else has_emoji


def _words(text: str) -> tuple[list[str] | None, bool]:
    """The words, and whether there is an emoji; no words at all where there is something that is none."""
    plain = unicodedata.normalize("NFC", NOT_SEEN.sub("", text)).casefold().translate(APOSTROPHES)
    plain, smileys = SMILEYS.subn(" ", plain.replace(":d", ":D").replace(":-d", ":-D"))
    emoji = EMOJI.intersection(plain)
    plain = "".join(" " if each in EMOJI or each in BETWEEN else each for each in plain)
    if any(not (each.isspace() or each == "'" or unicodedata.category(each)[0] in "LM") for each in plain):
        return None, False
    return plain.split(), bool(emoji or smileys)


def _is_made_of(words: list[str], said: frozenset[tuple[str, ...]]) -> bool:
    """Whether these words are some of what is said, one after the other."""
    if not words:
        return True
    lengths = range(1, len(words) + 1)
    return any(tuple(words[:many]) in said and _is_made_of(words[many:], said) for many in lengths)


def _said() -> Mapping[str, frozenset[tuple[str, ...]]]:
    return SAID_WORDS if not settings.THANKS else _with(settings.THANKS)


def _with(more: Mapping[str, Iterable[str]]) -> Mapping[str, frozenset[tuple[str, ...]]]:
    """The lists with those of the settings."""
    none: frozenset[tuple[str, ...]] = frozenset()
    return {tag: SAID_WORDS.get(tag, none) | _phrases(more.get(tag, ())) for tag in {*SAID_WORDS, *more}}


def _phrases(said: Iterable[str]) -> frozenset[tuple[str, ...]]:
    found = (_words(each)[0] for each in said)
    return frozenset(tuple(words) for words in found if words)


SAID_WORDS = {tag: _phrases(said.split(",")) for tag, said in SAID.items()}
