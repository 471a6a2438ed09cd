"""What does somebody say who waits for an agent: how long it takes, that it is settled, that the bot may go on?

Words are compared without accents; languages need not be told.
"""

from functools import cache

from .plain import plain_words

LITTLE = 5  # words: who says no more than that and asks how long means the wait
WORDS_MOST = 20  # of a text that is looked at
HOW_LONG = (
    "how long|how much longer|how many minutes|when will somebody|when will someone|what is the wait"
    "|cuanto tiempo|cuanto falta|cuanto tarda|cuanto tengo que esperar|cuanto mas|cuantos minutos|cuando me atienden"
    "|wie lange|wie lang|wie viele minuten|wann kommt jemand|wann meldet sich"
    "|combien de temps|combien de minutes|encore longtemps|dans combien|quand est ce que quelqu'un"
    "|quanto tempo|quanto falta|quanto demora|quantos minutos|quando me atendem"
    "|quanto ci vuole|quanto manca|quanto devo aspettare|quanti minuti|tra quanto"
)
THE_WAIT = (
    "wait waiting queue take takes longer still now somebody someone esperar espera cola tarda tardan falta atienden"
    " dauert dauern warten wartezeit noch jemand attendre attente file encore esperar fila demora atendem aspettare"
    " attesa coda manca vuole ancora"
)
SETTLED = (
    "it is settled|it's settled|its settled|settled|solved|it is solved|it's solved|its solved|resolved|never mind"
    "|nevermind|found it|i found it|i have found it|no longer needed|not needed any more|i do not need it any more"
    "|problem solved|got it sorted|all sorted|forget it"
    "|resuelto|ya esta resuelto|esta resuelto|solucionado|ya esta solucionado|ya lo encontre|ya no hace falta|dejalo"
    "|ya no lo necesito"
    "|erledigt|hat sich erledigt|es hat sich erledigt|geklart|ist geklart|schon gut|gelost|habe es gefunden"
    "|ich habe es gefunden|nicht mehr notig"
    "|resolu|c'est resolu|c'est regle|regle|laissez tomber|j'ai trouve|plus besoin"
    "|resolvido|ja esta resolvido|esta resolvido|ja encontrei|deixa para la|nao preciso mais"
    "|risolto|e risolto|ho risolto|ho trovato|lascia perdere|non serve piu"
)
THANKS = "ok okay thanks thank you gracias danke merci obrigado obrigada grazie"
POLITE = (
    "yes please yeah yep sure i i'd id want would like can could you we let's us me to then just now alright"
    " si vale claro por favor quiero quisiera puedo podemos entonces ahora mejor"
    " ja gut bitte gern gerne ich mochte will kann dann einfach jetzt lieber"
    " oui d'accord s'il vous te plait svp je veux voudrais peux alors bon"
    " sim quero queria gostaria de posso entao agora"
    " va bene per favore voglio vorrei posso allora adesso"
)
ASSISTANT = (
    "go on with the assistant|go on with the bot|continue with the assistant|continue with the bot|back to the bot"
    "|back to the assistant|talk to the bot|talk to the assistant|the bot is fine"
    "|seguir con el asistente|seguir con el bot|continuar con el asistente|continuar con el bot|volver al asistente"
    "|volver al bot|hablar con el bot"
    "|weiter mit dem assistenten|weiter mit dem bot|zuruck zum bot|zuruck zum assistenten|mit dem bot weiter"
    "|mit dem assistenten weiter"
    "|continuer avec l'assistant|continuer avec le bot|revenir au bot|revenir a l'assistant|parler au bot"
    "|continuar com o assistente|continuar com o bot|voltar ao bot|voltar ao assistente|falar com o bot"
    "|continuare con l'assistente|continuare con il bot|tornare al bot|torna al bot|parlare con il bot"
)


def asks_how_long(text: str) -> bool:
    """Whether these words ask how long it takes until somebody is there."""
    words = _few(text)
    about_the_wait = len(words) <= LITTLE or not words_of(THE_WAIT).isdisjoint(words)
    return about_the_wait and _has(words, HOW_LONG)


def says_settled(text: str) -> bool:
    """Whether these words say that nobody is needed any more, and nothing else but thanks."""
    words = [each for each in _few(text) if each not in words_of(THANKS)]
    return " ".join(words) in phrases(SETTLED)


def wants_assistant(text: str) -> bool:
    """Whether these words ask that the assistant go on, and say nothing else that matters."""
    plain = f" {' '.join(_few(text))} "
    return any(is_polite(plain.replace(f" {each} ", " ", 1)) for each in phrases(ASSISTANT) if f" {each} " in plain)


def is_polite(text: str) -> bool:
    """Whether these words say no more than yes, please and thanks."""
    return set(plain_words(text)) <= words_of(f"{THANKS} {POLITE}")


def _few(text: str) -> list[str]:
    """The words of a text, none of a longer one."""
    words = plain_words(text[:200])
    return words if len(words) <= WORDS_MOST else []


def _has(words: list[str], said: str) -> bool:
    plain = f" {' '.join(words)} "
    return any(f" {phrase} " in plain for phrase in phrases(said))


@cache
def phrases(said: str) -> frozenset[str]:
    """The phrases of a list, as they are compared."""
    return frozenset(" ".join(plain_words(each)) for each in said.split("|"))


@cache
def words_of(said: str) -> frozenset[str]:
    """The words of a list, as they are compared."""
    return frozenset(plain_words(said))
