"""Whoever may see or change webhooks may do so with receivers: remote centres stood among the webhooks before.

What was given stays on the way back: nobody can tell it from what was given by hand.
"""

from django.conf import settings
from django.db import migrations

APP = "contactcenter_chat"


def give_permissions(apps, schema_editor):
    alias = schema_editor.connection.alias
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    types = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    for kind in ("view", "change"):
        of_webhooks = permissions.filter(content_type__app_label=APP, codename=f"{kind}_webhook").first()
        if of_webhooks is None:
            continue  # a new database: nobody has permissions yet
        # Django makes it after the migrations, unless it is there already.
        content_type, _ = types.get_or_create(app_label=APP, model="receiver")
        of_receivers, _ = permissions.get_or_create(
            content_type=content_type, codename=f"{kind}_receiver", defaults={"name": f"Can {kind} receiver"}
        )
        for holders in ("group_set", "user_set"):
            if hasattr(of_webhooks, holders):  # users of the project's own may have no permissions
                getattr(of_receivers, holders).add(*getattr(of_webhooks, holders).all())


class Migration(migrations.Migration):
    dependencies = [
        (APP, "0015_clock"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
