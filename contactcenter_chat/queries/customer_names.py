"""Who is called so, or known by this address or id?"""

from functools import reduce
from operator import and_

from django.db.models import Q

from ..models import Customer, CustomerIdentity


def called(words):
    """Return a condition of customers: each word begins a word of the name, or the e-mail address.

    It reads no index, so it is for as many customers as are to be looked at.
    """
    return reduce(and_, map(_called, words), Q())


def _called(word):
    return Q(name__istartswith=word) | Q(name__icontains=f" {word}") | Q(email__istartswith=word)


def known_as(tenant, text):
    """The keys of the customers with this e-mail address or id, here or at the client application: few."""
    either = {text, text.lower()}
    known = CustomerIdentity.objects.filter(tenant=tenant, value__in=either).values_list("customer", flat=True)
    own = Customer.objects.filter(Q(email__in=either) | Q(pk=text), tenant=tenant).values_list("pk", flat=True)
    return {*known, *own}
