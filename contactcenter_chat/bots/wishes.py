"""Does somebody want a person? That is obeyed at the first time, so a word too much does less harm than one too few.

A text counts that names a person of ours and asks for one: by a word of asking, or by saying little else. Persons who
are counted ("for 4 people") are none of ours, and "can someone tell me" asks for an answer. Words are compared without
accents and endings are given as they occur; languages need not be told.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ..conf import settings
from .plain import plain_words

LITTLE = 4  # words: who says no more than that and names a person wants one
WORDS_MOST = 1_000  # of a text that are looked at, from its beginning and from its end
NEAR = 8  # words between asking and whom one asks for
AFTER = 5  # words in which "please" comes after that


# Who is meant by nothing but a word of speaking: anybody may do what is asked for politely.
ANYBODY = "somebody someone alguien jemand jemanden jemandem quelqu'un quelquun alguem qualcuno"
POLITE = (
    "can could please kann konnte koennte bitte puedo puede podria favor posso pode poderia peux puis pourrais "
    "pouvez svp plait puo potrei"
)
# After these come persons, or agents, who are none of ours.
COUNTING = (
    "two three four five six seven eight nine ten twelve many several few per each other more dos tres cuatro "
    "cinco seis siete ocho nueve diez doce cuantas cuantos varias varios por cada otras mas zwei drei vier "
    "funf sechs sieben acht neun zehn zwolf viele mehrere wenige pro je andere weitere deux trois quatre cinq "
    "sept huit neuf dix douze de plusieurs par chaque autres duas dois quatro sete oito nove dez doze quantas "
    "quantos cada outras mais due tre quattro cinque sei sette otto dieci dodici quante quanti molte diverse "
    "altre travel estate insurance letting customs"
)


class Words(NamedTuple):
    """How a language asks for a person; a phrase is enough by itself."""

    persons: str
    asking: str
    phrases: str = ""
    against: str = ""  # what may stand there so that no person is asked for


class Known(NamedTuple):
    """The same, ready to be compared."""

    persons: frozenset[str]
    asking: frozenset[str]
    phrases: tuple[str, ...]
    against: frozenset[str]


LANGUAGES = {
    "en": Words(
        "human humans person people agent agents representative rep operator advisor adviser colleague somebody"
        " someone staff employee",
        "want wants wanted need needs like speak talk chat connect transfer get give put pass real live actual please"
        " can could let bring prefer rather",
        "customer service|customer support|real person|live person|live agent|live chat|human being|not a bot"
        "|no more bot|no bot|leave it for a colleague|leave it to a colleague|are you human|stop the bot"
        "|talk to staff",
        "id name sales estate agency resources rights travel",
    ),
    "es": Words(
        "humano humana persona personas agente agentes asesor asesora operador operadora representante alguien"
        " empleado empleada companero companera",
        "quiero queria quisiera necesito hablar hablo chatear pasame paseme pasar poner ponme pongame comunicar"
        " comunicame comuniqueme contactar puedo puede podria deseo prefiero real favor",
        "atencion al cliente|persona real|ser humano|no eres humano|no quiero un bot|no quiero hablar con un bot"
        "|servicio al cliente",
        "",
    ),
    "de": Words(
        "mensch menschen person mitarbeiter mitarbeiterin mitarbeitern berater beraterin agent agenten jemand jemanden"
        " jemandem kollege kollegen kollegin personal sachbearbeiter sachbearbeiterin",
        "will mochte moechte wurde wuerde brauche sprechen reden chatten verbinden verbinde weiterleiten kann konnte"
        " koennte bitte echten echter echte richtigen lieber geben geben gib",
        "kundenservice|kundendienst|kundenbetreuung|echter mensch|echten menschen|kein bot|keinen bot"
        "|keine maschine|bist du ein mensch",
        "personen personalausweis",
    ),
    "fr": Words(
        "humain humaine personne personnes agent agents conseiller conseillere operateur operatrice quelqu'un quelquun"
        " collegue employe employee representant",
        "veux voudrais souhaite souhaiterais besoin parler discuter passer passez passe moi contacter joindre peux"
        " puis pourrais pouvez prefere vrai vraie reel reelle svp plait",
        "service client|vraie personne|etre humain|pas un robot|pas un bot|mettez moi en relation|plutot quelqu'un",
        "",
    ),
    "pt": Words(
        "humano humana pessoa pessoas atendente atendentes agente agentes operador operadora assistente alguem"
        " funcionario funcionaria colega",
        "quero queria gostaria preciso falar conversar passar passe passa transferir transfere posso pode poderia"
        " contactar contatar prefiro real favor",
        "atendimento humano|pessoa real|pessoa de verdade|ser humano|apoio ao cliente|sem robo|nao quero um robo"
        "|nao quero robo",
        "assistente virtual",
    ),
    "it": Words(
        "umano umana persona persone operatore operatrice agente agenti qualcuno consulente addetto collega",
        "voglio vorrei bisogno parlare passare passami mi passi contattare posso puo potrei preferisco vera vero",
        "servizio clienti|persona vera|persona reale|essere umano|non un bot",
        "",
    ),
}
# Who says little and begins so asks about persons, not for one.
ABOUT = (
    "how what when where which who whose cuanto cuantos cuantas cuando donde cual quien que wie wann wo was wer welche"
    " combien quand quel quelle qui quanto quantas quantos quando onde qual quem quanti quante dove quale chi"
)


def wants_person(text: str) -> bool:
    """Whether these words ask for a person, in any of the languages that are known."""
    words = plain_words(text)
    if len(words) > 2 * WORDS_MOST:
        words = [*words[:WORDS_MOST], *words[-WORDS_MOST:]]
    plain = f" {' '.join(words)} "
    return any(f" {phrase} " in plain for phrase in _more()) or any(_asks(words, plain, known) for known in KNOWN)


def _asks(words: list[str], plain: str, known: Known) -> bool:
    if any(f" {phrase} " in plain for phrase in known.phrases):
        return True
    named = [at for at, word in enumerate(words) if word in known.persons and not _is_another(words, at, known)]
    if not named:
        return False
    if len(words) <= LITTLE and not set(ABOUT.split()).intersection(words):
        return True
    return any(
        word in known.asking and not (words[at] in ANYBODY.split() and word in POLITE.split())
        for at in named
        for word in words[max(0, at - NEAR) : at + AFTER]
    )


def _is_another(words: list[str], at: int, known: Known) -> bool:
    """Whether the person at that place is none of ours: one of 4 people, a travel agent, an agent's id."""
    before = words[at - 1] if at else ""
    return (
        before.isdecimal()
        or before in COUNTING.split()
        or words[at + 1 : at + 2] in [[each] for each in known.against]
    )


def _more() -> tuple[str, ...]:
    """What a project says beside."""
    return _phrases(tuple(each for said in settings.HUMAN_WISHES.values() for each in said))


@lru_cache(maxsize=8)
def _phrases(said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(" ".join(words) for each in said if (words := plain_words(each)))


def _known(own: Words) -> Known:
    persons, asking, against = (frozenset(_each(said.split())) for said in (own.persons, own.asking, own.against))
    return Known(persons, asking, _phrases(tuple(own.phrases.split("|"))), against)


def _each(said: Iterable[str]) -> Iterable[str]:
    return (word for each in said for word in plain_words(each))


KNOWN = [_known(own) for own in LANGUAGES.values()]
