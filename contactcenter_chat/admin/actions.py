"""How does an action of a list call a verb for each chosen row, and tell what came of it?"""

from django.contrib import messages

from ..exceptions import ContactCenterError


def for_each(model_admin, request, rows, verb, done):
    """Call ``verb(row)`` for each row; say ``done % row`` for those that went well and why for those refused."""
    for row in rows:
        try:
            verb(row)
        except ContactCenterError as refusal:
            model_admin.message_user(request, f"{row}: {refusal.translated}", messages.ERROR)
        else:
            model_admin.log_change(request, row, done % {"row": row})
            model_admin.message_user(request, done % {"row": row}, messages.SUCCESS)
