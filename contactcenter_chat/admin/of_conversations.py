"""What do lists of rows of conversations share? Whose they are, the way there, and how one looks for them."""

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..models import Conversation, Customer
from ..queries.customer_names import called, known_as
from ..queries.keyset_pages import Table, within
from ..queries.search_words import names_begin
from .links import linked, page_of
from .lists import NewestFirstAdmin, asked, chosen_period, chosen_tenant
from .names import isolated


class OfConversations(NewestFirstAdmin):
    """An admin of rows that have a ``conversation``; to ``list_select_related`` goes ``conversation__customer``."""

    search_fields = ("conversation",)  # shows the box; what it finds is said below
    search_help_text = _("The id of a conversation; or a customer's id, or how words of the name or the e-mail begin.")

    def source(self, request, tenant):
        text = asked(request, "q")
        if not text or not self._is_known(tenant, text):
            return super().source(request, tenant)
        since, until = chosen_period(request)
        theirs = Q(conversation=text) | Q(conversation__customer__in=known_as(tenant, text))
        return Table(within(self.indexed(request, tenant).filter(theirs), self.time, since, until), self.time)

    def get_search_results(self, request, queryset, search_term):
        tenant = chosen_tenant(request)
        if not search_term or tenant is None or self._is_known(tenant, search_term):
            return queryset, False  # the source has searched
        words = names_begin(search_term)
        named = Customer.objects.filter(called(words), tenant=tenant)
        return queryset.filter(conversation__customer__in=named) if words else queryset.none(), False

    def _is_known(self, tenant, text):
        """Whether it is an id, or an address, that somebody has."""
        return Conversation.objects.filter(tenant=tenant, pk=text).exists() or bool(known_as(tenant, text))

    @admin.display(description=_("customer"))
    def customer(self, row):
        customer = row.conversation.customer
        return linked(row.read_by, Customer, page_of(Customer, customer.pk), isolated(customer), otherwise="–")

    @admin.display(description=_("conversation"))
    def said(self, row):
        pk = row.conversation_id
        shown = format_html('<span title="{}">{}</span>', pk, _("read"))
        return linked(row.read_by, Conversation, page_of(Conversation, pk), shown, otherwise=pk)
