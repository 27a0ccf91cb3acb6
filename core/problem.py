"""The error for everything that the person can mend: one sentence that says what happened and what to do."""

MENDABLE = 2  # the exit status of a program that a Problem has ended


class Problem(Exception):
    """A sentence in the person's language; shown as it is, never with a traceback."""
