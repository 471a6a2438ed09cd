"""How is a complaint numbered? By an id that projects may silence, which docs/settings.md lists."""

from django.core import checks


def an_error(number, message, hint=None):
    return checks.Error(message, hint=hint, id=f"contactcenter_chat.E{number:03}")


def a_warning(number, message, hint=None):
    return checks.Warning(message, hint=hint, id=f"contactcenter_chat.W{number:03}")
