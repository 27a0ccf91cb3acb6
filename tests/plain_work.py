"""What a person has done, as a plain list with a place in it, to hold the store and the session against."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.experiment import Points, Settings
from tests.plain_run import PlainRun, Wanted


@dataclass
class Edit:
    """One change that can be undone; `run` is the run that it put away, and undoing it brings back."""

    before: Wanted
    after: Wanted
    anew: bool = False
    run: PlainRun | None = None


class PlainWork:
    """The work and its edits. Whatever takes another run puts the present one away, if it has made a step."""

    def __init__(self, points: Points, settings: Settings) -> None:
        self.now = Wanted(points, settings)
        self.edits: list[Edit] = []
        self.done = 0  # so many of them are not undone
        self.run: PlainRun | None = None
        self._begin()

    def change(self, points: Points | None = None, anew: bool = False, **changes: object) -> None:
        """Another state of the work, after which nothing can be redone."""
        settings = replace(self.now.settings, **changes)  # type: ignore[arg-type]
        after = Wanted(self.now.points if points is None else points, settings)
        if after.points == self.now.points and after.settings == self.now.settings:
            return
        self._push(Edit(self.now, after, anew))

    def start_again(self) -> None:
        """The same run from its start; one that has made no step is not worth an edit."""
        if self.run is not None and self.run.tip:
            self._push(Edit(self.now, self.now, anew=True))
        else:
            self._begin()

    def undo(self) -> None:
        """Back to what was before the last edit."""
        if self.done:
            self.done -= 1
            edit = self.edits[self.done]
            self._show(edit, edit.before)

    def redo(self) -> None:
        """The edit that was undone last, again."""
        if self.done < len(self.edits):
            edit = self.edits[self.done]
            self.done += 1
            self._show(edit, edit.after)

    def merge(self, since: int) -> None:
        """Make one edit of all that were done since there were `since`."""
        several = self.edits[since:]
        if len(several) > 1:
            first = several[0]
            self.edits[since:] = [Edit(first.before, several[-1].after, first.anew, first.run)]
            self.done = len(self.edits)

    def _push(self, edit: Edit) -> None:
        self.edits[self.done :] = [edit]
        self.done += 1
        self._show(edit, edit.after)

    def _show(self, edit: Edit, there: Wanted) -> None:
        here, self.now = self.now, there
        run = self.run
        other = run is None or edit.anew or here.settings.restarts(there.settings) or not len(there.points)
        fresh = (
            run is not None
            and not run.tip
            and (there.points is not here.points or there.settings.loss != here.settings.loss)
        )
        if other or fresh:
            away, kept = (run if run is not None and run.tip else None), edit.run
            edit.run = away
            if kept is not None:
                self.run = kept
            else:
                self._begin()
        elif run is not None:
            run.wanted = there

    def _begin(self) -> None:
        self.run = PlainRun(self.now) if len(self.now.points) else None
