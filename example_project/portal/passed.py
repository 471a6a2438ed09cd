"""Which of the assistant's quick replies are over? Those after which the visitor has spoken, and was answered.

A press on one of them would answer what nobody asks any more. While an agent has the chat, all of them are over.
"""

from contactcenter_chat.events import QUICK_REPLIES

from .inbox import JOINED, NOTICES
from .models import Line

NOBODYS = (Line.Author.NOTICE, Line.Author.CENTRE)  # what answers nothing that the visitor has said


def passed(lines):
    """Return the numbers of the lines, of these in their order, whose quick replies are over."""
    over, asking, is_answered = set(), set(), False
    for line in lines:
        if line.author == Line.Author.VISITOR:
            is_answered = True
            continue
        if _is_agents(line) or (is_answered and line.author not in NOBODYS):
            over, asking, is_answered = over | asking, set(), False
        if line.author == Line.Author.ASSISTANT and any(_is_choice(card) for card in line.cards):
            asking.add(line.pk)
        is_answered = is_answered or bool(line.answers)
    return over


def _is_agents(line):
    """Whether an agent has the chat from this line on."""
    return line.author == Line.Author.AGENT or (line.author == Line.Author.NOTICE and line.text == NOTICES[JOINED])


def _is_choice(card):
    return card["contentType"] == QUICK_REPLIES
