"""How are many transcripts read without holding them all?"""

from ..queries.transcripts import transcripts_of

AT_ONCE = 50  # transcripts in memory


def read(conversations, batches):
    """Yield the Transcript of each conversation that ``batches``, lists of ids, name, in that order.

    Only those in the queryset ``conversations`` are read.
    """
    for batch in batches:
        for start in range(0, len(batch), AT_ONCE):
            pks = batch[start : start + AT_ONCE]
            found = conversations.in_bulk(pks)
            yield from transcripts_of([found[pk] for pk in pks if pk in found])
