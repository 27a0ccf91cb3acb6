"""The error for everything that the person can mend: one sentence that says what happened and what to do."""


class Problem(Exception):
    """A sentence in the person's language; shown as it is, never with a traceback."""
