"""Who wrote to us?"""

from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from ..actions.upkeep.erasure import erase_customer
from ..models import Conversation, Customer
from ..queries.customer_names import called, known_as
from ..queries.erasure import left_of
from ..queries.keyset_pages import Table
from ..queries.search_words import names_begin
from .actions import for_each
from .base import ReadOnly, TenantAdmin
from .links import linked
from .lists import TENANT, NewestFirstAdmin, PeriodFilter, TenantFilter, asked, chosen_tenant


@admin.register(Customer)
class CustomerAdmin(ReadOnly, NewestFirstAdmin, TenantAdmin):
    waits = True  # erasing takes one conversation after the other, each by itself
    list_display = ("created_at", "__str__", "email", "company", "language", "opted_out_at", "erasure_shown")
    list_display_links = ("created_at", "__str__")
    list_filter = (TenantFilter, PeriodFilter)
    search_fields = ("name",)  # shows the box; what it finds is said below
    search_help_text = _(
        "How words of the name or the e-mail address begin; or the customer's id at the client application."
    )
    fields = (
        "name",
        "email",
        "company",
        "language",
        "opted_out_at",
        "created_at",
        "known_as",
        "erasure_shown",
        "transcripts",
    )
    readonly_fields = ("opted_out_at", "known_as", "erasure_shown", "transcripts")
    list_select_related = ("erasure",)
    actions = ("erase",)

    def source(self, request, tenant):
        text = asked(request, "q")
        if not text:
            return super().source(request, tenant)
        known = known_as(tenant, text)
        if not known:
            return super().source(request, tenant)
        return Table(Customer.objects.filter(tenant=tenant, pk__in=known), "created_at")

    def get_search_results(self, request, queryset, search_term):
        tenant = chosen_tenant(request)
        if not search_term or tenant is None or known_as(tenant, search_term):
            return queryset, False  # the source has searched
        words = names_begin(search_term)
        return queryset.filter(called(words)) if words else queryset.none(), False

    @admin.display(description=_("known as"))
    def known_as(self, customer):
        identities = customer.identities.order_by("pk")
        return (
            format_html_join(", ", "{}: <bdi>{}</bdi>", ((each.get_kind_display(), each.value) for each in identities))
            or "–"
        )

    @admin.display(description=_("erasure"))
    def erasure_shown(self, customer):
        erasure = getattr(customer, "erasure", None)
        if erasure is None:
            return "–"
        if erasure.done_at:
            return _("erased on %(day)s") % {"day": date_format(localtime(erasure.done_at), "DATETIME_FORMAT")}
        return _("being erased, %(left)d left") % {"left": left_of(customer.pk)}

    @admin.display(description=_("transcripts"))
    def transcripts(self, customer):
        url = reverse("admin:contactcenter_chat_conversation_changelist")
        query = urlencode({TENANT: customer.tenant_id, "customer": customer.pk})
        shown = _("All conversations of this customer")
        return linked(customer.read_by, Conversation, f"{url}?{query}", shown, otherwise="–")

    def has_erase_permission(self, request):
        return request.user.has_perm("contactcenter_chat.delete_customer")

    @admin.action(description=_("Erase what was said and who it was"), permissions=["erase"])
    def erase(self, request, queryset):
        if "confirmed" in request.POST:
            for_each(self, request, queryset, _erase, _erased)
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
    left = erase_customer(customer_id=customer.pk)
    customer.refresh_from_db()  # what is said of it from now on says no name
    return left


def _erased(left):
    if not left:
        return _("%(row)s was erased.")
    return _("%(row)s is being erased. Conversations and files left, which the system goes on with: %(result)d.")
