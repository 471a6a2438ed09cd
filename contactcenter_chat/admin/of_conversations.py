"""What do lists of rows of conversations share? Whose they are, the way there, and how one looks for them."""

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..models import Conversation, Customer
from ..queries.customer_names import called, known_as
from ..queries.keyset_pages import Table, within
from ..queries.search_words import names_begin
from .links import linked, may, page_of
from .lists import NewestFirstAdmin, asked, chosen_period, chosen_tenant
from .names import isolated


class OfConversations(NewestFirstAdmin):
    """An admin of rows that have a ``conversation``; to ``list_select_related`` goes ``conversation__customer``."""

    search_fields = ("conversation",)  # shows the box; what it finds is said below
    search_help_text = _("The id of a conversation; or a customer's id, or how words of the name or the e-mail begin.")

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        if not may(request, Customer):
            changelist.search_help_text = str(_("The id of a conversation."))
        return changelist

    def source(self, request, tenant):
        text = asked(request, "q")
        known = text and self._known(request, tenant, text)
        if not known:
            return super().source(request, tenant)
        since, until = chosen_period(request)
        return Table(within(self.indexed(request, tenant).filter(known), self.time, since, until), self.time)

    def get_search_results(self, request, queryset, search_term):
        tenant = chosen_tenant(request)
        if not search_term or tenant is None or self._known(request, tenant, search_term):
            return queryset, False  # the source has searched
        words = names_begin(search_term)
        if not words or not may(request, Customer):
            return queryset.none(), False
        named = Customer.objects.filter(called(words), tenant=tenant)
        return queryset.filter(conversation__customer__in=named), False

    def _known(self, request, tenant, text):
        """Whose rows are meant by an id or an address that somebody has; None where nobody has it.

        Who may not see customers finds nothing by what they are called: it would say whose the rows are.
        """
        customers = known_as(tenant, text) if may(request, Customer) else []
        if not customers and not Conversation.objects.filter(tenant=tenant, pk=text).exists():
            return None
        return Q(conversation=text) | Q(conversation__customer__in=customers)

    @admin.display(description=_("customer"))
    def customer(self, row):
        customer = row.conversation.customer
        return linked(row.read_by, Customer, page_of(Customer, customer.pk), isolated(customer), otherwise="–")

    @admin.display(description=_("conversation"))
    def said(self, row):
        pk = row.conversation_id
        shown = format_html('<span title="{}">{}</span>', pk, _("read"))
        return linked(row.read_by, Conversation, page_of(Conversation, pk), shown, otherwise=pk)
