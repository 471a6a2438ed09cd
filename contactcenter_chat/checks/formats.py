"""Are wire formats formats, and is one there for each webhook?"""

from ..conf import DEFAULTS, SETTING, settings
from ..database import alias, connection
from ..models import Webhook
from ..wire.base import urls_of, versions
from .importing import imported
from .messages import a_warning, an_error


def wrong_formats():
    if not settings.WIRE_FORMATS:
        hint = f"Leave it out, or name one of {', '.join(DEFAULTS.WIRE_FORMATS)}."
        yield an_error(28, f'{SETTING}["WIRE_FORMATS"] is empty: no API is served, and no webhook is told.', hint=hint)
    paths: dict[str, str] = {}  # by version
    for path in settings.WIRE_FORMATS:
        try:
            spoken = imported(path)
            version = spoken.version
            if spoken.urls:
                urls_of(spoken)
        except (ImportError, AttributeError, TypeError, ValueError) as error:
            hint = 'Give the dotted path of a wire.base.Format, such as "mysite.wire.crm.FORMAT".'
            yield an_error(16, f'{SETTING}["WIRE_FORMATS"]: {path!r} is not a wire format: {error}', hint=hint)
            continue
        if version in paths:
            hint = "Name one of them; a webhook's version must say which format it is told in."
            yield an_error(17, f"{path!r} has the version {version!r}, as {paths[version]!r} has.", hint=hint)
        paths[version] = path


def unknown_versions():
    """Versions that webhooks have and no format does: such a webhook is told nothing."""
    if Webhook._meta.db_table not in connection().introspection.table_names():
        return  # not migrated yet
    used = Webhook.objects.using(alias()).alive().values_list("version", flat=True).distinct().order_by()
    for version in sorted({*used} - {*versions()}):
        hint = "Leave its format in until no webhook has it."
        yield a_warning(
            18, f'Webhooks have the version {version!r}, which no format of {SETTING}["WIRE_FORMATS"] has.', hint=hint
        )
