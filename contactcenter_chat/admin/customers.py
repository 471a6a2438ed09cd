"""Who wrote to us?"""

from django.contrib import admin
from django.db.models import Q
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from ..actions.upkeep.erasure import erase_customer
from ..models import Customer, CustomerIdentity
from ..queries.keyset_pages import Table
from .actions import for_each
from .base import ReadOnly, TenantAdmin
from .lists import TENANT, NewestFirstAdmin, PeriodFilter, TenantFilter, asked


@admin.register(Customer)
class CustomerAdmin(ReadOnly, NewestFirstAdmin, TenantAdmin):
    list_display = ("created_at", "__str__", "email", "company", "language")
    list_display_links = ("created_at", "__str__")
    list_filter = (TenantFilter, PeriodFilter)
    search_fields = ("email",)  # shows the box; what it finds is said in ``source``
    search_help_text = _("The whole e-mail address, or the customer's id at the client application.")
    fields = ("name", "email", "company", "language", "created_at", "known_as", "transcripts")
    readonly_fields = ("known_as", "transcripts")
    actions = ("erase",)

    def source(self, request, tenant):
        text = asked(request, "q")
        if not text:
            return super().source(request, tenant)
        known = CustomerIdentity.objects.filter(tenant=tenant, value__in={text, text.lower()})
        found = Q(email__in={text, text.lower()}) | Q(pk__in=known.values("customer")) | Q(pk=text)
        return Table(Customer.objects.filter(found, tenant=tenant), "created_at")

    def get_search_results(self, request, queryset, search_term):
        return queryset, False  # the source has searched

    @admin.display(description=_("known as"))
    def known_as(self, customer):
        identities = customer.identities.order_by("pk")
        return format_html_join(", ", "{}: {}", ((each.get_kind_display(), each.value) for each in identities)) or "–"

    @admin.display(description=_("transcripts"))
    def transcripts(self, customer):
        url = reverse("admin:contactcenter_chat_conversation_changelist")
        query = urlencode({TENANT: customer.tenant_id, "customer": customer.pk})
        return format_html('<a href="{}?{}">{}</a>', url, query, _("All conversations of this customer"))

    def has_erase_permission(self, request):
        return request.user.has_perm("contactcenter_chat.delete_customer")

    @admin.action(description=_("Erase what was said and who it was"), permissions=["erase"])
    def erase(self, request, queryset):
        if "confirmed" in request.POST:
            for_each(self, request, queryset, _erase, _("%(row)s was erased."))
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Erase customers"),
            "rows": queryset,
            "action": "erase",
            "explanation": _(
                "Names, addresses, data and all messages of these customers are deleted for good. That there were"
                " conversations, their times and their codes stay."
            ),
            "button": _("Yes, erase them"),
        }
        return TemplateResponse(request, "admin/contactcenter_chat/confirm_action.html", context)


def _erase(customer):
    erase_customer(customer_id=customer.pk)
