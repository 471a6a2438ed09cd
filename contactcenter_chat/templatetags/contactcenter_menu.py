"""In which sections are the app's lists, on its first page in the admin and in the menu beside its pages?"""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

APP = "contactcenter_chat"
SECTIONS = (
    (
        _("Conversations"),
        ("Conversation", "Interaction", "BotSpell", "BotPause", "ToolCall", "AssistantRequest", "Customer"),
    ),
    (_("People and queues"), ("Tenant", "Queue", "Department", "OpeningHours", "Agent", "Skill")),
    (_("Words"), ("Article", "Question", "PreparedResponse", "TransactionCodeList")),
    (
        _("Integration"),
        ("Channel", "Webhook", "ApiKey", "SigningKey", "Receiver", "Delivery", "InboundCallback", "Failure"),
    ),
)


@register.simple_tag(takes_context=True)
def contactcenter_menu(context):
    """The site's list of apps for its menu, with each section of ours as if it were an app.

    It is a tag because the site makes that list, the project's own too, and no other app's is changed.
    """
    return [part for app in context["available_apps"] for part in _parts(app)]


def sections_of(pages):
    """The app's models in sections; what is in none of them, because a project has added it, is in the last."""
    placed = {name for _title, names in SECTIONS for name in names}
    more = tuple(name for name in pages if name not in placed)
    sections = [*SECTIONS[:-1], (SECTIONS[-1][0], SECTIONS[-1][1] + more)]
    found = [(title, [pages[name] for name in names if name in pages]) for title, names in sections]
    return [(title, models) for title, models in found if models]


def _parts(app):
    if app["app_label"] != APP:
        return [app]
    pages = {model["object_name"]: model for model in app["models"]}
    return [{**app, "name": title, "models": models} for title, models in sections_of(pages)]
