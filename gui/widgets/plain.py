"""Tooltips of words that somebody else wrote, such as the name of a file or of a column."""


def plain_tip(text: str) -> str:
    """`text` as a tooltip that shows it letter for letter: Qt would take what looks like HTML as HTML."""
    from html import escape  # here, since the window is painted without it

    return f"<span>{escape(text)}</span>"
