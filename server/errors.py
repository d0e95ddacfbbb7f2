"""Everything that can go wrong, as one tree. A message is an instruction: what happened, FileMaker's code, whether anything changed, what to do next.

FilemakerMcpError
├── ConfigurationError        the owner's settings do not make sense
├── InputError                what the assistant asked for does not fit; it can correct itself
│   └── NameUnknown           a layout, field, script, portal ... by that name is not there
├── Forbidden                 the owner's policy does not allow it
│   └── Stopped               it was allowed when it began, or would be, and the owner has stopped it
├── StateAway                 our own records (plans, journal, jobs) cannot be read or written just now
├── LimitReached              more is asked for than the owner's limits take just now
├── AnswerTooLarge            the host's answer is larger than is read
├── Unreachable               no answer from the host
│   ├── CertificateRefused    its TLS certificate does not verify
│   └── NotFileMaker          something answered that is not the Data API: HTML, a proxy, a redirect
├── SignInFailed              the host or the identity provider did not let us in
├── OutcomeUnknown            a write went out and no answer came back
│   └── Unrecorded            our own records were away when it came back
└── FileMakerError            the host's own answer, by code; `host_errors.py` has that branch
"""

from __future__ import annotations

from enum import StrEnum

LONGEST_NAME = 120
"""Characters of a name that a refusal repeats. FileMaker's own names have at most 100."""


class Changed(StrEnum):
    """Whether anything in FileMaker may be different now."""

    NOTHING = "Nothing was changed."
    UNKNOWN = "Whether the change was carried out is not known."
    UNSAID = ""
    """For failures of reading, where nobody would think that anything changed."""


class FilemakerMcpError(Exception):
    """Base of all. Only these reach the assistant. Any other exception is a defect of ours, and its text is masked."""

    def __init__(
        self, what: str, *, advice: str = "", code: int | None = None, changed: Changed = Changed.UNSAID
    ) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice
        self.code = code
        self.changed = changed

    def __str__(self) -> str:
        code = "" if self.code is None else f" (FileMaker error {self.code})"
        what = self.what.rstrip()
        stop = "" if what.endswith((".", "?", "!")) and not code else "."
        sentence = f"{what.rstrip('.') if code else what}{code}{stop}"
        return " ".join(part for part in (sentence, str(self.changed.value), self.advice) if part)


class ConfigurationError(FilemakerMcpError):
    """Settings that do not make sense; the server does not start."""


class InputError(FilemakerMcpError):
    """The assistant's own arguments do not fit. Nothing was sent."""


class NameUnknown(InputError):
    """There is no such name. `near` holds what was probably meant, best first. `layout` is where it was looked for, if on one."""

    def __init__(
        self,
        kind: str,
        name: str,
        *,
        where: str = "",
        near: tuple[str, ...] = (),
        advice: str = "",
        layout: str = "",
    ) -> None:
        place = f" {where}" if where else ""
        hint = f"Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
        shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."
        super().__init__(
            f"There is no {kind} {shown!r}{place}", advice=" ".join(p for p in (hint, advice) if p)
        )
        self.kind = kind
        self.name = name
        self.near = near
        self.layout = layout


class Forbidden(FilemakerMcpError):
    """The owner's policy does not allow it."""


class Stopped(Forbidden):
    """The owner has stopped it, or ended what it rests on, for everything that is left and not for one record. Nothing was sent."""


class LimitReached(FilemakerMcpError):
    """The request exceeds the owner's rate limits, or the queue is full. Nothing was sent. `retry_after` is in seconds."""

    def __init__(self, what: str, *, retry_after: float, advice: str = "") -> None:
        seconds = max(1, round(retry_after))
        delay = f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"
        delay = delay if seconds < 7200 else f"{round(seconds / 3600)} hours"
        super().__init__(what, advice=f"Try again in {delay}. {advice}".strip(), changed=Changed.NOTHING)
        self.retry_after = retry_after


class StateAway(FilemakerMcpError):
    """Our own records cannot be read or written just now. Raised before anything is sent: what could not be written down after
    a request went out is an OutcomeUnknown."""

    def __init__(self, why: str, *, unsure: bool = False, is_locked: bool = False) -> None:
        """`unsure`: something may have been written down, and its answer was lost. `is_locked`: another one keeps them."""
        self.is_locked = is_locked
        super().__init__(
            f"The server's own records cannot be reached: {why}",
            advice="What was asked for may have been written down, and may still be carried out: look with check_job and"
            " list_changes before trying again."
            if unsure
            else "Nothing was sent. Try again in a moment.",
        )
        self.why = why


class NotOurs(FilemakerMcpError):
    """What was to be sent is carried out, or settled, by another process by now. Nothing was sent."""


class Unreachable(FilemakerMcpError):
    """The host gave no usable answer."""


class AnswerTooLarge(FilemakerMcpError):
    """The host's answer has more bytes than are read. The rest of it was not fetched."""


class CertificateRefused(Unreachable):
    """The TLS certificate does not verify against the trust store or `ca_file`."""


class NotFileMaker(Unreachable):
    """An answer that is not the Data API's: a web server's page, a proxy's, a redirect elsewhere."""

    def __init__(
        self, what: str, *, status: int, advice: str = "", changed: Changed = Changed.UNSAID
    ) -> None:
        super().__init__(what, advice=advice, changed=changed)
        self.status = status


class SignInFailed(FilemakerMcpError):
    """Not let in. `reason` is stable, for programs; `retry_after` seconds, None when only a person can help."""

    def __init__(
        self,
        what: str,
        *,
        reason: str,
        advice: str = "",
        code: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, advice=advice, code=code)
        self.reason = reason
        self.retry_after = retry_after


class OutcomeUnknown(FilemakerMcpError):
    """The request went out and its answer did not come back: it may or may not have been carried out."""

    def __init__(self, what: str, *, advice: str = "", code: int | None = None) -> None:
        super().__init__(what, advice=advice, code=code, changed=Changed.UNKNOWN)


class Unrecorded(OutcomeUnknown):
    """A request went out, and what became of it could not be written down: our own records were away by then."""
