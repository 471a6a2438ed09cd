"""What does somebody say who is asked for a one-time code?"""

import pytest

from contactcenter_chat.bots import codes


@pytest.mark.parametrize(
    "text",
    [
        *(
            "460884",
            " 460 884\n",
            "460-884",
            "4 6 0 8 8 4",
            "The code is 460884",
            "the code is: 460 884.",
            "code 460884",
        ),
        *("It's 460884, thanks!", "Here it is: 460884", "My verification code is 460884", "código: 460884"),
        *("El código es 460 884, gracias", "Aquí tiene: 460884", "Der Code lautet 460884", "Mein Code ist 460884"),
        *("Le code est 460884", "C’est 460884", "O código é 460884", "Il codice è 460884", "Ecco: 460884", "٤٦٠٨٨٤"),
    ],
)
def test_the_code(text):
    assert codes.typed(text) == "460884"


@pytest.mark.parametrize(
    "text",
    [
        *("My postal code is 110001", "110001 Delhi", "It was 110001, is that right?", "110001\n110002 x"),
        *(
            "460884 460885",
            "code 460884 of room 7",
            "4608845",
            "46088",
            "12 345 678",
            "Is the code 460884?",
            "",
            "code",
        ),
        *("no wait, do not open it 460884", "460884" + " " * 200),
    ],
)
def test_no_code(text):
    assert codes.typed(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("Send it again", "send again please", "Can you send me the code again?", "I did not get the code", "again"),
        *("I haven't received it yet", "Please send a new code", "no me ha llegado el código", "Envíalo de nuevo"),
        *("otra vez, por favor", "Bitte noch einmal senden", "Ich habe den Code nicht bekommen", "Renvoyez le code"),
        *("Je n’ai pas reçu le code", "Não recebi o código", "Non ho ricevuto il codice", "Enviar de novo, por favor"),
    ],
)
def test_the_code_again(text):
    assert codes.wants_again(text)


@pytest.mark.parametrize(
    "text",
    [
        "Do not open it again",
        "No, do not send it",
        "My parcel did not arrive",
        "",
        "Send my invoice again",
        "again " * 99,
    ],
)
def test_something_else(text):
    assert not codes.wants_again(text)
