"""What must be so before Qt is imported: where it fails, Qt aborts the process, and only we can say why."""

from __future__ import annotations


def require_installation() -> None:
    """Raise Problem unless Python and the packages are ones that Fitscope runs on."""


def require_platform(needs_screen: bool) -> None:
    """Raise Problem unless Qt can start here."""
