"""How is CSV written so that a spreadsheet shows it and never runs it?

A cell that begins like a formula gets an apostrophe in front, which ``without_apostrophe`` takes off again.
"""

import csv

# What a spreadsheet may take for the beginning of a formula, or skip before one.
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Line:
    """Takes what a csv.writer writes and gives it back."""

    def write(self, text):
        return text


def rows_as_csv(rows):
    """Yield lines of CSV (RFC 4180, with a byte order mark so that spreadsheets read UTF-8)."""
    writer = csv.writer(_Line())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def safe(cell):
    """Return a cell's value as text that is never a formula. Numbers stay numbers."""
    if isinstance(cell, (int, float)):
        return cell
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(BEGINNINGS) else text


def without_apostrophe(text):
    """Undo ``safe``."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(BEGINNINGS) else text
