"""How does a one-time code reach a customer? By Django's mail, unless the project says otherwise."""

from typing import Any

from django.conf import settings as django_settings
from django.core import mail
from django.utils import translation
from django.utils.translation import gettext as _

MAIL_SECONDS = 10  # for a mail server that is not there, where the project's settings say nothing


def by_mail(address: str, code: str, conversation: Any) -> None:
    """Send a code to an e-mail address, in the language of the conversation's customer.

    Raises whatever the project's mail backend raises.
    """
    with translation.override(_language_of(conversation.language)):
        centre = {"centre": conversation.tenant}
        subject = " ".join((_("Your code for %(centre)s") % centre).split())
        lines = (
            _("Your code is %(code)s. It is good for 10 minutes.") % {"code": code},
            _("Give it in the chat with %(centre)s, to show that this address is yours.") % centre,
            _("If you are in no such chat, there is nothing that you need to do. Tell nobody else the code."),
        )
    _connection().send_messages([mail.EmailMessage(subject, "\n\n".join(lines) + "\n", None, [address])])


def _connection() -> Any:
    """The project's way to send mail, which gives up on a server that does not answer."""
    # Since Django 6.1, mail is configured by MAILERS, beside which the settings of before may not even be read.
    mailers = getattr(mail, "mailers", None)
    connection: Any = mail.get_connection() if mailers is None else mailers.default
    if getattr(connection, "timeout", MAIL_SECONDS) is None:
        connection.timeout = MAIL_SECONDS
    return connection


def _language_of(tag: str) -> str:
    """The language of the project's that is nearest to a customer's."""
    try:
        return translation.get_supported_language_variant(tag.lower())
    except LookupError:
        return django_settings.LANGUAGE_CODE
