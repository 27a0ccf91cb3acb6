"""Tooltips of words that somebody else wrote, such as the name of a file or of a column."""

from html import escape


def plain_tip(text: str) -> str:
    """`text` as a tooltip that shows it letter for letter: Qt would take what looks like HTML as HTML."""
    return f"<span>{escape(text)}</span>"
