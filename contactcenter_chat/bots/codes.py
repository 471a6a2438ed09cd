"""What does somebody say who is asked for a one-time code: the code, or that it be sent again?

Any other number, a postal code among them, must not use up one of the tries: the code counts where no other number and
nothing but a few words stand beside it. Words are compared without accents; languages need not be told.
"""

import re

from .waiting import POLITE, THANKS, phrases, words_of
from .wishes import plain_words

CODE = re.compile(r"(?<!\d)\d(?:[\s-]?\d){5}(?!\d)")
SHORT = 200  # characters of a text that is looked at
BESIDE = (
    "the code is my this it it's its here here's was sent got one time verification"
    " el la codigo es mi este aqui tiene lo verificacion"
    " der die das code ist mein lautet hier bestatigungscode"
    " le code est c'est mon voici verification"
    " o codigo e meu este aqui esta verificacao"
    " il codice mio ecco questo verifica"
)
AGAIN = (
    "again|send again|send it again|send the code again|send me the code again|send me it again|resend|resend it"
    "|resend the code|another code|send another|new code|did not get|didn't get|have not got|haven't got"
    "|did not receive|didn't receive|have not received|haven't received|did not arrive|didn't arrive"
    "|has not arrived|hasn't arrived|got no code|no code arrived"
    "|de nuevo|otra vez|enviar de nuevo|envialo de nuevo|enviamelo de nuevo|envielo de nuevo|enviemelo de nuevo"
    "|enviar otra vez|envialo otra vez|enviamelo otra vez|mandalo otra vez|mandamelo otra vez|reenviar|reenvialo"
    "|reenvielo|otro codigo|nuevo codigo|un codigo nuevo|no me ha llegado|no ha llegado|no me llego|no me llega"
    "|no llega|no he recibido|no recibi"
    "|nochmal|noch einmal|nochmals|erneut|nochmal senden|noch einmal senden|nochmal schicken|noch einmal schicken"
    "|sende ihn nochmal|schick ihn nochmal|neuen code|neuer code|anderen code|nicht bekommen|nicht erhalten"
    "|nicht angekommen|keinen code bekommen|keinen code erhalten"
    "|encore|encore une fois|a nouveau|renvoyer|renvoyez|renvoyez le|renvoie le|envoyer a nouveau|envoyez le a nouveau"
    "|nouveau code|un autre code|pas recu|n'ai pas recu|n'ai rien recu|rien recu"
    "|de novo|outra vez|enviar de novo|envie de novo|enviar outra vez|envie outra vez|reenviar|reenvie|outro codigo"
    "|novo codigo|nao recebi|nao chegou"
    "|di nuovo|ancora|ancora una volta|un'altra volta|invia di nuovo|inviare di nuovo|invialo di nuovo|manda di nuovo"
    "|mandalo di nuovo|rinvia|rinvialo|un altro codice|nuovo codice|non ho ricevuto|non e arrivato|non mi e arrivato"
)
MORE = "a an send me have yet any un una uno einen eine habe ihn den ho je j'ai l'ai um uma"


def typed(text: str) -> str | None:
    """Return the code that somebody gives with these words, as six digits; None where they give none."""
    if len(text) > SHORT:
        return None
    found = CODE.findall(text)
    rest = CODE.sub(" ", text)
    is_more = "?" in rest or any(each.isdecimal() for each in rest)
    if len(found) != 1 or is_more or not set(plain_words(rest)) <= words_of(f"{BESIDE} {THANKS} {POLITE}"):
        return None
    return "".join(str(int(each)) for each in found[0] if each.isdecimal())


def wants_again(text: str) -> bool:
    """Whether these words ask for the code once more, and say nothing else that matters."""
    plain = f" {' '.join(plain_words(text[:SHORT]))} "
    known = words_of(f"{BESIDE} {THANKS} {POLITE} {MORE}")
    return len(text) <= SHORT and any(
        set(plain.replace(f" {each} ", " ", 1).split()) <= known for each in phrases(AGAIN) if f" {each} " in plain
    )
