"""What is a provider?"""

from django.utils.module_loading import import_string

from ..conf import settings


class Provider:
    """Sees that somebody answers the customers of its channels.

    Both methods are called under the conversation's lock, in the transaction of what the customer did: they write,
    they do not call anybody. ``options`` are the ``OPTIONS`` of the setting.
    """

    is_remote = False  # whether a contact centre elsewhere answers: see ``remote``
    name = ""  # in the settings

    def __init__(self, **options):
        self.options = options

    def customer_wrote(self, conversation):
        """The customer started the conversation, or is about to say something."""
        raise NotImplementedError

    def customer_left(self, conversation):
        """The customer ended what was going on."""
        raise NotImplementedError

    @classmethod
    def wrong_options(cls, options):
        """Return what is wrong with these options, in sentences. Any are right where a provider does not say more."""
        return []


def provider_for(channel):
    """Return the provider of a channel. Raises KeyError when the settings do not name it."""
    return load_provider(channel.provider)


def load_provider(name):
    """Return the provider that the settings name so. Raises KeyError when they do not."""
    configured = settings.PROVIDERS[name]
    provider = import_string(configured["BACKEND"])(**configured.get("OPTIONS", {}))
    provider.name = name
    return provider
