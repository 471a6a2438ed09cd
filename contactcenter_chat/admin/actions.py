"""How does an action of a list call a verb for each chosen row, and tell what came of it?"""

from django.contrib import messages

from ..exceptions import ContactCenterError
from ..isolates import filled
from .names import said_by, said_of, told

AS_WRITTEN = "cc-as-written"  # the tag of a message whose first letter the page leaves as it is: it may be a name's


def for_each(model_admin, request, rows, verb, done, **places):
    """Call ``verb(row)`` for each row; say what is ``done`` for those that went well and why for those refused.

    ``done`` is a text with a place for the ``row``, for what the verb returned, the ``result``, and for other
    ``places``; or a function that returns such a text for a result.
    """
    for row in rows:
        try:
            result = verb(row)
        except ContactCenterError as refusal:
            model_admin.message_user(request, said_of(row, said_by(refusal)), messages.ERROR, AS_WRITTEN)
        else:
            sentence = done(result) if callable(done) else done
            shown = {"row": row, "result": result, **places}
            model_admin.log_change(request, row, filled(sentence, **shown))
            model_admin.message_user(request, told(sentence, **shown), messages.SUCCESS, AS_WRITTEN)
