"""How do transcripts look as CSV, JSON and HTML?

Each function takes an iterable of ``Transcript`` and yields text.
"""

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from ..queries.transcripts import whole
from .cells import rows_as_csv

CSV_COLUMNS = (
    "conversation",
    "channel",
    "customer",
    "started",
    "number",
    "at",
    "event",
    "speaker",
    "who",
    "text",
    "queue",
    "agent",
    "codes",
    "code_labels",
    "drafted_by",
)
NOT_HANDLED = ("", "", "", "")  # of what belongs to no interaction


def as_csv(transcripts):
    """One line per message or event, with what is known of the interaction it belongs to."""
    return rows_as_csv(_rows(transcripts))


def as_json(transcripts):
    """One array of conversations, each with its interactions and its log."""
    encoder = DjangoJSONEncoder(ensure_ascii=False)
    separator = "[\n"
    for transcript in transcripts:
        yield separator + encoder.encode(_as_dict(transcript))
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def as_html(transcripts):
    """One page that stands for itself, to read and to print."""
    head, _mark, tail = render_to_string("contactcenter_chat/export/page.html", {"title": _("Transcripts")}).partition(
        "<!-- transcripts -->"
    )
    yield head
    for transcript in transcripts:
        yield render_to_string("contactcenter_chat/export/transcript.html", {"transcript": transcript})
    yield tail


def _rows(transcripts):
    yield CSV_COLUMNS
    for transcript in transcripts:
        conversation = transcript.conversation
        about = (
            conversation.pk,
            conversation.channel,
            conversation.customer,
            conversation.created_at.isoformat(),
        )
        handled = {episode.interaction.pk: _handled(episode) for episode in transcript.episodes}
        for line in transcript.lines:
            entry = line.entry
            said = (entry.number, entry.at.isoformat(), entry.kind, line.speaker, line.who, _whole_text(line))
            yield (*about, *said, *handled.get(entry.interaction_id, NOT_HANDLED), _drafted_by(entry))


def _drafted_by(entry):
    """The model that has drafted what an agent sent or noted."""
    return entry.message.drafted_by if entry.message else entry.data.get("drafted_by", "")


def _handled(episode):
    """Where an interaction was in the end, with whom, and what it was wrapped up with: a cell each."""
    interaction, codes = episode.interaction, episode.codes
    return (
        interaction.queue,
        interaction.agent or interaction.remote_agent,
        ", ".join(code.short_code for code in codes),
        ", ".join(str(code) for code in codes),
    )


def _as_dict(transcript):
    conversation = transcript.conversation
    return {
        "id": conversation.pk,
        "tenant": conversation.tenant.label,
        "channel": {"id": conversation.channel_id, "name": conversation.channel.name},
        "customer": {"id": conversation.customer_id, "name": conversation.customer.name},
        "data": conversation.data_in_order,
        "language": conversation.language,
        "state": conversation.state,
        "started": conversation.created_at,
        "erased": conversation.erased_at,
        "interactions": [_interaction(episode) for episode in transcript.episodes],
        "log": [_line(line) for line in transcript.lines],
    }


def _interaction(episode):
    interaction = episode.interaction
    return {
        "id": interaction.pk,
        "queue": interaction.queue.name,
        "agent": str(interaction.agent or interaction.remote_agent) or None,
        "state": interaction.state,
        "outcome": interaction.outcome,
        "ended_by": interaction.ended_by,
        "entered": interaction.entered_at,
        "accepted": interaction.accepted_at,
        "ended": interaction.ended_at,
        "finished": interaction.finished_at,
        "waiting_seconds": whole(episode.waiting),
        "handling_seconds": whole(episode.handling),
        "wrap_up_seconds": whole(episode.wrap_up),
        "codes": [_code(code) for code in episode.codes],
        **({"note": interaction.note} if interaction.note else {}),
        **({"note_drafted_by": interaction.note_drafted_by} if interaction.note_drafted_by else {}),
    }


def _code(code):
    told = {"id": code.code_id, "short_code": code.short_code, "label": str(code)}
    return {**told, **({"external_id": code.external_id} if code.external_id else {})}


def _line(line):
    entry = line.entry
    return {
        "number": entry.number,
        "at": entry.at,
        "event": entry.kind,
        "speaker": line.speaker,
        "who": line.who,
        "text": line.text,
        **({"drafted_by": _drafted_by(entry)} if _drafted_by(entry) else {}),
        **({"attachments": [_attachment(each) for each in line.attachments]} if line.attachments else {}),
        **({"cards": [_card(each) for each in line.cards]} if line.cards else {}),
    }


def _attachment(row):
    return {
        "id": row.pk,
        "name": row.name,
        "type": row.content_type,
        "size": row.size,
        "sha256": row.sha256,
        "state": row.state,
    }


def _card(shown):
    card = shown.card
    return {
        "id": card.pk,
        "type": card.content_type,
        "content": card.content,
        "submitted": card.submitted_at,
        "submitted_data": card.submitted_data,
        "executed": card.executed_at,
        "executed_data": card.executed_data,
    }


def _whole_text(line):
    """What was said with what hangs on it, for a table's cell."""
    cards = (shown.card.text for shown in line.cards)
    files = (f"[{row.name}]" for row in line.attachments)
    return "\n".join(part for part in (line.text, *cards, *files) if part)
