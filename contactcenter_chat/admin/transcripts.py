"""Which conversations were there, and who said what when? Found, read, printed, exported; never changed."""

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ..actions.remote import telling
from ..attachments.streaming import download
from ..exceptions import ContactCenterError
from ..exports import transcripts as exports
from ..exports.reading import read
from ..models import (
    Channel,
    Conversation,
    Customer,
    Delivery,
    Interaction,
    InteractionCode,
    Message,
    TransactionCode,
)
from ..models.conversations import ConversationState
from ..queries import access, keyset_pages, snippets, transcripts
from ..queries.codes import in_tree_order
from ..queries.control import held
from . import transcript_page as pages
from .base import ReadOnly, TenantAdmin
from .interactions import AgentFilter, QueueFilter
from .links import may
from .lists import NewestFirstAdmin, PeriodFilter, SelectFilter, TenantFilter, asked, chosen_period, chosen_tenant
from .names import all_isolated, said_by

FORMATS = {
    "csv": (exports.as_csv, "text/csv; charset=utf-8"),
    "json": (exports.as_json, "application/json"),
    "html": (exports.as_html, "text/html; charset=utf-8"),
}


class ChannelFilter(SelectFilter):
    title = _("channel")
    parameter_name = "channel"

    def lookups(self, request, model_admin):
        return Channel.objects.filter(tenant=chosen_tenant(request)).order_by("name").values_list("pk", "name")

    def narrow(self, queryset, value):
        return queryset.filter(channel=value)


class HandledIn(QueueFilter):
    def narrow(self, queryset, value):
        return queryset.filter(Exists(Interaction.objects.filter(conversation=OuterRef("pk"), queue=value)))


class HandledBy(AgentFilter):
    def narrow(self, queryset, value):
        return queryset.filter(Exists(Interaction.objects.filter(conversation=OuterRef("pk"), agent=value)))


class CodeFilter(SelectFilter):
    title = _("code")
    parameter_name = "code"

    def lookups(self, request, model_admin):
        codes = TransactionCode.objects.filter(list__tenant=chosen_tenant(request)).select_related("list")
        return [(code.pk, f"{code.list}: {'– ' * depth}{code}") for depth, code in in_tree_order(codes)]

    def narrow(self, queryset, value):
        uses = InteractionCode.objects.filter(interaction__conversation=OuterRef("pk"), code=value)
        return queryset.filter(Exists(uses))


class StateFilter(SelectFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return ConversationState.choices

    def narrow(self, queryset, value):
        return queryset.filter(state=value)


class CustomerFilter(admin.SimpleListFilter):
    """Set by the link of a customer's page; shown so that it can be taken off again."""

    title = _("customer")
    parameter_name = "customer"

    def lookups(self, request, model_admin):
        return [(self.used_parameters["customer"], _("This customer"))] if self.used_parameters.get("customer") else []

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        # The choice depends on the value, which the base class reads after the choices.
        self.lookup_choices = list(self.lookups(request, model_admin))

    def queryset(self, request, queryset):
        return queryset.filter(customer=asked(request, "customer")) if self.value() else queryset


@admin.register(Conversation)
class TranscriptAdmin(ReadOnly, NewestFirstAdmin, TenantAdmin):
    list_display = ("started", "customer", "where", "state", "codes_chosen")
    list_filter = (
        TenantFilter,
        PeriodFilter,
        ChannelFilter,
        HandledIn,
        HandledBy,
        CodeFilter,
        StateFilter,
        CustomerFilter,
    )
    list_select_related = ("channel", "customer", "last_queue", "last_agent__user")
    search_fields = ("text",)  # shows the box; what it finds is said in ``source``
    search_help_text = _(
        'Words of the messages or beginning the customer\'s name; "in quotes" together, -without that one. Or a'
        " conversation's id."
    )
    change_form_template = "admin/contactcenter_chat/conversation/transcript.html"
    change_list_template = "admin/contactcenter_chat/conversation/list.html"
    actions = ("export_csv", "export_json", "export_html")

    # Who may

    def has_view_permission(self, request, obj=None):
        return access.may_read(request.user)

    def has_export_permission(self, request):
        return self.has_view_permission(request) and request.user.has_perm(access.EXPORT_TRANSCRIPT)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    # The list

    def get_queryset(self, request):
        uses = InteractionCode.objects.filter(code__isnull=False).order_by("pk")
        interactions = Interaction.objects.only("pk", "conversation_id")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("interactions", interactions), Prefetch("interactions__codes", uses))
        )

    def get_list_display(self, request):
        shown = super().get_list_display(request)
        return (*shown[:2], "found", *shown[2:]) if asked(request, "q") else shown

    def source(self, request, tenant):
        given = {name: asked(request, name) for name in ("channel", "queue", "agent", "code", "state", "customer")}
        since, until = chosen_period(request)
        text = asked(request, "q")
        criteria = transcripts.Criteria(tenant, text=text, since=since, until=until, **given)
        if text and self.get_queryset(request).filter(tenant=tenant, pk=text).exists():
            return keyset_pages.Table(Conversation.objects.filter(pk=text), "created_at")
        return transcripts.source(criteria)

    def get_search_results(self, request, queryset, search_term):
        return queryset, False  # the source has searched

    def with_more(self, request, changelist, rows):
        if text := asked(request, "q"):
            found = snippets.snippets(changelist.page.rows, text)
            for conversation in rows:
                conversation.snippet = found.get(conversation.pk, "")
        return rows

    @admin.display(description=_("started"))
    def started(self, conversation):
        return conversation.created_at

    @admin.display(description=_("channel, queue, agent"))
    def where(self, conversation):
        places = (conversation.channel, conversation.last_queue, conversation.last_agent)
        return all_isolated((place for place in places if place), between=" › ")

    @admin.display(description=_("codes"))
    def codes_chosen(self, conversation):
        codes = (code for interaction in conversation.interactions.all() for code in interaction.codes.all())
        return all_isolated(dict.fromkeys(str(code) for code in codes))

    @admin.display(description=_("found"))
    def found(self, conversation):
        return conversation.snippet

    def changelist_view(self, request, extra_context=None):
        exports = {"can_export": self.has_export_permission(request), "formats": FORMATS}
        return super().changelist_view(request, {**exports, **(extra_context or {})})

    # The page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        conversation = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, conversation):
            raise PermissionDenied
        if conversation is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        after = _number(request.GET.get("after"))
        limit = transcripts.ENTRIES_ON_A_PAGE
        (transcript,) = transcripts.transcripts_of([conversation], after=after, limit=limit, deliveries=True)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Transcript"),
            "conversation": conversation,
            "transcript": transcript,
            "days": pages.by_day(transcript.lines, query=_query(request)),
            "episodes": pages.episodes(transcript),
            "held": held(conversation),
            "earlier": max(after - limit, 0) if after else None,
            "later": after + limit if conversation.last_number > after + limit else None,
            "can_export": self.has_export_permission(request),
            "can_see_deliveries": may(request, Delivery),
            "can_see_customers": may(request, Customer),
            "can_see_interactions": may(request, Interaction),
            "can_send_again": conversation.is_remote and self.has_send_again_permission(request),
            "formats": FORMATS,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.change_form_template, context)

    def has_send_again_permission(self, request):
        return request.user.has_perm("contactcenter_chat.change_delivery")

    @method_decorator(require_POST)
    def send_again(self, request, object_id):
        """Have a message sent to the remote centre that could not be."""
        conversation = self.get_object(request, unquote(object_id))
        if conversation is None:
            raise Http404
        if not (self.has_view_permission(request, conversation) and self.has_send_again_permission(request)):
            raise PermissionDenied
        message = get_object_or_404(Message, conversation=conversation, pk=request.POST.get("message", ""))
        try:
            telling.send_again(message_id=message.pk, tenant_id=conversation.tenant_id)
        except ContactCenterError as refusal:
            self.message_user(request, said_by(refusal), messages.ERROR)
        else:
            self.message_user(request, _("The message is sent again."), messages.SUCCESS)
        return redirect("admin:contactcenter_chat_conversation_change", quote(conversation.pk))

    # Exports

    def get_urls(self):
        name = "contactcenter_chat_conversation"
        send_again = self.admin_site.admin_view(self.send_again)
        export_all, export_one = (self.admin_site.admin_view(view) for view in (self.export_all, self.export_one))
        return [
            path("export/<str:kind>/", export_all, name=f"{name}_export_all"),
            path("<str:object_id>/export/<str:kind>/", export_one, name=f"{name}_export"),
            path("<str:object_id>/send-again/", send_again, name=f"{name}_send_again"),
            *super().get_urls(),
        ]

    def export_one(self, request, object_id, kind):
        """One transcript as a file."""
        self._check_may_export(request)
        conversation = self.get_object(request, unquote(object_id))
        if conversation is None:
            raise Http404
        return self._export(request, [[conversation.pk]], kind, conversation.pk)

    def export_all(self, request, kind):
        """All transcripts that fit the list's search and filters, as a file."""
        self._check_may_export(request)
        tenant = chosen_tenant(request)
        if tenant is None:
            raise Http404
        wanted = self.get_changelist_instance(request).queryset
        return self._export(request, keyset_pages.every(self.source(request, tenant), wanted), kind, tenant.label)

    @admin.action(description=_("Export as CSV"), permissions=["export"])
    def export_csv(self, request, queryset):
        return self._export_selected(request, queryset, "csv")

    @admin.action(description=_("Export as JSON"), permissions=["export"])
    def export_json(self, request, queryset):
        return self._export_selected(request, queryset, "json")

    @admin.action(description=_("Export as HTML"), permissions=["export"])
    def export_html(self, request, queryset):
        return self._export_selected(request, queryset, "html")

    def _export_selected(self, request, queryset, kind):
        return self._export(request, [list(queryset.values_list("pk", flat=True))], kind, "transcripts")

    def _export(self, request, batches, kind, name):
        if kind not in FORMATS:
            raise Http404
        write, content_type = FORMATS[kind]
        conversations = super().get_queryset(request).select_related("channel", "customer", "tenant")
        return download(request, write(read(conversations, batches)), f"{name}.{kind}", content_type)

    def _check_may_export(self, request):
        if not self.has_export_permission(request):
            raise PermissionDenied


def _query(request):
    """The words to mark on a transcript's page: those that were searched for in the list it was opened from."""
    return QueryDict(request.GET.get("_changelist_filters", "")).get("q", "").strip()


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
