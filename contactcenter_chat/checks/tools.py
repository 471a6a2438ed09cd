"""Are bots and permissions there that the project's functions name?"""

import difflib

from django.apps import apps
from django.core import checks

from ..bots import base as bots
from ..tools.registry import tools
from .messages import a_warning


@checks.register
def check_tools(app_configs, **kwargs):
    """Whether bots and permissions are there that the project's functions name."""
    return [*_wrong_tools()]


def _wrong_tools():
    for tool in tools():
        for bot in tool.bots:
            close = difflib.get_close_matches(bot, bots.names(), 1)
            if not bots.is_bot(bot) and close:  # others may be there where the project is set up otherwise
                told = f"The tool {tool.name} names the bot {bot!r}, which there is not."
                yield a_warning(41, told, hint=f"Did you mean {close[0]}?")
        if tool.permission and not _is_permission(tool.permission):
            hint = 'As Django names it: "app.add_booking".'
            told = f"The tool {tool.name} needs the permission {tool.permission!r}, which there is not."
            yield a_warning(41, told, hint=hint)


def _is_permission(name):
    label, _dot, codename = name.partition(".")
    models = apps.get_app_config(label).get_models() if label in apps.app_configs else ()
    options = [model._meta for model in models]
    own = {code for each in options for code, _told in each.permissions}
    usual = {f"{action}_{each.model_name}" for each in options for action in each.default_permissions}
    return codename in own | usual
