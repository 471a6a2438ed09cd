"""How do transaction codes look as CSV? As an import reads them."""

from ..queries.codes import in_tree_order
from .cells import rows_as_csv

COLUMNS = ("short_code", "label", "parent", "report_text", "external_id", "active_from", "active_to", "retired")


def as_csv(code_list):
    """Yield the codes of a list, each heading before what is under it. Merged ones are history and stay out."""
    return rows_as_csv(_rows(code_list))


def _rows(code_list):
    codes = code_list.codes.filter(merged_into=None).select_related("parent", "list")
    ordered = [code for _depth, code in in_tree_order(codes)]
    languages = sorted({language for code in ordered for language in code.translations})
    yield (*COLUMNS, *(f"label_{language}" for language in languages))
    for code in ordered:
        yield (
            code.short_code,
            code.label,
            code.parent.short_code if code.parent else "",
            code.report_text,
            code.external_id,
            code.active_from,
            code.active_to,
            "yes" if code.retired_at else "",
            *(code.translations.get(language, "") for language in languages),
        )
