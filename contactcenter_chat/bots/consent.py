"""Does somebody want no more conversations that the business begins, or want them again? By one word, and no other.

What counts is all that was said. "Cancel" is not among it: who is reminded of an appointment may mean that one.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from ..conf import settings
from .plain import plain_words

WORDS_MOST = 6
OUT = {
    "de": "stopp, stop, abmelden, abbestellen, keine nachrichten mehr, bitte keine nachrichten mehr",
    "en": "stop, please stop, stop all, stopall, unsubscribe, opt out, optout, no more messages",
    "es": "stop, parar, baja, darme de baja, dar de baja, dame de baja, no más mensajes, basta",
    "fr": "stop, arrêt, arrêter, arrêtez, désabonner, me désabonner, désinscription, plus de messages",
    "it": "stop, ferma, fermati, basta, disiscrivimi, annulla iscrizione, niente più messaggi",
    "pt": "stop, parar, pare, sair, remover, descadastrar, chega, mais nenhuma mensagem, sem mais mensagens",
}
IN = {
    "de": "start, wieder anmelden, anmelden",
    "en": "start, unstop, subscribe, opt in, optin",
    "es": "start, alta, darme de alta, dar de alta, reanudar, volver",
    "fr": "start, reprendre, réabonner, me réabonner, m'abonner",
    "it": "start, riprendi, iscrivimi, riattiva",
    "pt": "start, iniciar, voltar, recomeçar, cadastrar",
}


def wants_no_more(text: str) -> bool:
    """Whether these words say that there shall be no more, and nothing else."""
    return _is_one_of(text, OUT_WORDS, settings.OPT_OUT_WORDS)


def wants_again(text: str) -> bool:
    """Whether these words take that back, and say nothing else."""
    return _is_one_of(text, IN_WORDS, settings.OPT_IN_WORDS)


def _is_one_of(text: str, known: frozenset[str], more: Mapping[str, Iterable[str]]) -> bool:
    if len(text) > 100:
        return False
    words = plain_words(text)
    said = " ".join(words)
    return 0 < len(words) <= WORDS_MOST and (
        said in known or said in _more(tuple(each for own in more.values() for each in own))
    )


@lru_cache(maxsize=8)
def _more(said: tuple[str, ...]) -> frozenset[str]:
    return frozenset(" ".join(plain_words(each)) for each in said)


def _known(lists: Mapping[str, str]) -> frozenset[str]:
    return frozenset(" ".join(plain_words(each)) for said in lists.values() for each in said.split(","))


OUT_WORDS, IN_WORDS = _known(OUT), _known(IN)
