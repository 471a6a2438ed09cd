"""How is a chat told from others at a glance? By the customer's initials, and a colour that stays the same."""

from zlib import crc32

from django import template

register = template.Library()

HUES = 8  # the style sheet has a colour for each, 0 to 7


@register.filter
def initials(name):
    """Return the first letters of a name's first and last words, or of the only one; "?" where there is no letter."""
    letters = [next((character for character in word if character.isalnum()), "") for word in str(name).split()]
    letters = [letter.upper() for letter in letters if letter]
    return "".join(letters[:1] + letters[1:][-1:]) or "?"


@register.filter
def hue(conversation_id):
    """Return the number of the colour of a conversation, the same on every page."""
    return crc32(conversation_id.encode()) % HUES
