"""What do simulated customers and agents talk about?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Talk:
    """What a customer says, line by line, and what an agent answers to each."""

    question: str  # told to the bot, before the conversation is handed over
    turns: tuple[tuple[str, str], ...]


GREETING = "Hello! I am the assistant. What can I do for you?"
HANDOVER = "I will find a colleague for you."

TALKS = (
    Talk(
        "How do I enrol for the evening courses?",
        (
            (
                "Hi, I would like to take the evening course in bookkeeping. Is there still a place?",
                "Good to hear from you! Yes, there are seven places left for the course that starts in January.",
            ),
            (
                "Great. What do I need to enrol?",
                "A copy of your ID and your last school certificate. You can upload both on the enrolment page.",
            ),
            ("Perfect, I will do that tonight. Thank you!", "You are welcome. See you in January!"),
        ),
    ),
    Talk(
        "My fees",
        (
            (
                "I got an invoice for the spring term, but I already paid in November.",
                "I am sorry about that. Could you tell me your student number, please?",
            ),
            (
                "Yes, it is 20418833.",
                "Thank you. I see your payment of 14 November; the invoice was sent before it was booked.",
            ),
            ("So I can ignore the invoice?", "Exactly. I have cancelled it, and you will get a note by e-mail."),
            ("Thanks for the quick help.", "With pleasure. Have a good day!"),
        ),
    ),
    Talk(
        "password forgotten",
        (
            (
                "I cannot log in to the learning platform any more.",
                "Let us fix that. Do you see a message when you try?",
            ),
            (
                "It says that my account is locked.",
                "That happens after five wrong passwords. I have unlocked it; please try again.",
            ),
            ("It works now. Thank you so much!", "Glad to hear it. Is there anything else?"),
            ("No, that was all.", "Then I wish you a successful term!"),
        ),
    ),
    Talk(
        "library opening hours",
        (
            (
                "Is the library open on Sundays before the exams?",
                "Yes, in the two weeks before the exams it is open from 10 to 18 on Sundays.",
            ),
            ("And can I book a room for our group?", "You can, up to four hours a day. Shall I send you the link?"),
            ("Yes please!", "It is on its way to your e-mail address. Good luck with the exams!"),
        ),
    ),
    Talk(
        "I want to change my course",
        (
            (
                "I started in engineering, but I would rather study design. Is it too late to change?",
                "Not at all: you can change until the end of October. Have you talked to an adviser yet?",
            ),
            (
                "No, how do I get an appointment?",
                "There is one on Thursday at 14:30 with Ms Okafor. Would that suit you?",
            ),
            ("That would be great.", "Booked. You will get a confirmation in a moment."),
        ),
    ),
    Talk(
        "certificate",
        (
            (
                "I need a certificate that I am a student, for my landlord.",
                "Of course. Shall it be in English or in Spanish?",
            ),
            ("In English, please.", "Done: it is in your inbox on the student portal, signed and dated today."),
            ("Got it, thanks.", "You are welcome!"),
        ),
    ),
)

ANSWERS = {said: answer for talk in TALKS for said, answer in talk.turns}
OTHER_ANSWERS = (
    "Thank you for writing. Let me have a look.",
    "I see. Could you tell me a little more?",
    "I have noted that. Is there anything else I can do for you?",
)

FIRST_NAMES = ("Amara", "Ben", "Chiara", "Diego", "Elif", "Farid", "Grace", "Hana", "Ivo", "Jana", "Kofi", "Lena")
LAST_NAMES = ("Abebe", "Brandt", "Costa", "Duarte", "Eriksen", "Fischer", "Garcia", "Hughes", "Ito", "Jansen", "Kaya")


def answer_to(text, number):
    """What an agent answers; ``number`` varies the answers to what nobody foresaw."""
    return ANSWERS.get(text) or OTHER_ANSWERS[number % len(OTHER_ANSWERS)]


def person(number):
    """First and last name of the person with this number; the first 132 differ."""
    return FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % len(LAST_NAMES)]
