"""What does the site's assistant say and ask, in the visitor's language?"""

from django.utils.translation import gettext as _


def greeting():
    """What it says first."""
    return _("Hello, I am the college's assistant. Tell me what you need, and I fetch a colleague.")


def questions():
    """What it asks while the visitor waits: an Adaptive Card."""
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": [
            {"type": "TextBlock", "text": _("While you wait"), "size": "Medium", "weight": "Bolder"},
            {"type": "TextBlock", "text": _("Your answers help my colleague to help you."), "isSubtle": True},
            {
                "type": "Input.ChoiceSet",
                "id": "who",
                "label": _("You are"),
                "isRequired": True,
                "choices": [
                    {"title": _("a student"), "value": "student"},
                    {"title": _("an applicant"), "value": "applicant"},
                    {"title": _("somebody else"), "value": "other"},
                ],
            },
            {"type": "Input.Text", "id": "number", "label": _("Student number, if you have one")},
            {"type": "Input.Toggle", "id": "call", "title": _("You may call me back")},
        ],
        "actions": [{"type": "Action.Submit", "title": _("Send")}],
    }
