"""What is a provider?"""

from django.utils.module_loading import import_string

from ..conf import settings


class Provider:
    """Sees that somebody answers the customers of its channels.

    Both methods are called under the conversation's lock, in the transaction of what the customer did: they write,
    they do not call anybody. ``options`` are the ``OPTIONS`` of the setting.
    """

    def __init__(self, **options):
        self.options = options

    def customer_wrote(self, conversation):
        """The customer started the conversation, or is about to say something."""
        raise NotImplementedError

    def customer_left(self, conversation):
        """The customer ended what was going on."""
        raise NotImplementedError


def provider_for(channel):
    """Return the provider of a channel. Raises KeyError when the settings do not name it."""
    configured = settings.PROVIDERS[channel.provider]
    options = configured.get("OPTIONS", {})
    return import_string(configured["BACKEND"])(**options)
