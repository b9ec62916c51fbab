"""The one tree of errors: each has a kind, a sentence for a person and a hint."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What sort of failure it is; every face maps kinds to its own codes."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    UNAUTHENTICATED = "unauthenticated"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    FULL_DISK = "full_disk"
    INTERNAL = "internal"


EXCERPT = 120
"""characters of an expression that the text of its error shows"""


class QuantError(Exception):
    """Base of all errors that we raise on purpose.

    `message` is one sentence for a person (Chinese where the contract fixes Chinese words), `hint` says what to do
    next, `field` names the request field at fault, `nearest` is the nearest valid value, `en` is the sentence in English
    where there is one.
    """

    kind = Kind.INTERNAL

    def __init__(
        self, message: str, *, hint: str = "", field: str | None = None, nearest: object = None, en: str = ""
    ) -> None:
        super().__init__(message)
        self.en = en
        self.message = message
        self.hint = hint
        self.field = field
        self.nearest = nearest

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class BadRequest(QuantError):
    """A request field has a value that is not allowed."""

    kind = Kind.INVALID


class BadExpression(BadRequest):
    """An expression that cannot be read, typed or planned; as text it names the expression, too.

    `start` and `end` are character offsets of the fault in `text` (0-based, end exclusive).
    """

    def __init__(
        self,
        message: str,
        *,
        text: str = "",
        start: int = 0,
        end: int = 0,
        hint: str = "",
        nearest: object = None,
        code: str = "syntax",
    ) -> None:
        super().__init__(message, hint=hint, field="expression", nearest=nearest)
        self.text = text
        self.start = start
        self.end = max(end, start)
        self.code = code

    def __str__(self) -> str:
        if not self.text.strip():
            return super().__str__()
        place = f"column {self.column}" if self.line == 1 else f"line {self.line}, column {self.column}"
        return f"{super().__str__()}, {place} of '{self.excerpt()}'"

    def excerpt(self, width: int = EXCERPT) -> str:
        """At most `width` characters of the text around the fault, on one line; `…` where it is cut.

        >>> BadExpression("", text="1234567890" * 3, start=15, end=16).excerpt(12)
        '…1234567890…'
        """
        plain = "".join(character if character.isprintable() else " " for character in self.text)
        if len(plain) <= width:
            return plain
        inner = width - 2
        left = min(max(0, self.start - inner // 2), len(plain) - inner)
        right = left + inner
        return f"{'…' if left else ''}{plain[left:right]}{'…' if right < len(plain) else ''}"

    @property
    def line(self) -> int:
        """1-based line of the fault."""
        return self.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """1-based column of the fault."""
        return self.start - (self.text.rfind("\n", 0, self.start) + 1) + 1

    def caret(self, width: int = 72) -> str:
        """The faulty line and a second line that points at the fault, cut to `width`."""
        begin = self.text.rfind("\n", 0, self.start) + 1
        stop = self.text.find("\n", self.start)
        line = self.text[begin : len(self.text) if stop < 0 else stop]
        offset = self.start - begin
        left = max(0, offset - width // 2)
        marks = max(1, min(self.end - self.start, width // 2))
        return f"{line[left : left + width]}\n{' ' * (offset - left)}{'^' * marks}"


class NotFound(QuantError):
    """Something with that name or id does not exist, or is not the caller's."""

    kind = Kind.NOT_FOUND


class UnknownUniverse(NotFound):
    """No universe has that name."""


class UnknownMarket(NotFound):
    """No market has that name."""


class NoData(QuantError):
    """The market store holds nothing for what was asked."""

    kind = Kind.INVALID


class BadImport(QuantError):
    """A file or folder cannot be imported as it is."""

    kind = Kind.INVALID


class Conflict(QuantError):
    """The state does not allow that step."""

    kind = Kind.CONFLICT


class Forbidden(QuantError):
    """The caller may not do that."""

    kind = Kind.FORBIDDEN


class Unauthenticated(QuantError):
    """The caller is not known, or the token is no longer valid."""

    kind = Kind.UNAUTHENTICATED


class RateLimited(QuantError):
    """Too many requests; `retry_after_seconds` says when the next one may come."""

    kind = Kind.RATE_LIMITED

    def __init__(self, message: str, *, retry_after_seconds: float = 1.0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(QuantError):
    """A part that is needed is not there now: full, starting, broken or not configured."""

    kind = Kind.UNAVAILABLE

    def __init__(self, message: str, *, retry_after_seconds: float | None = None, hint: str = "", en: str = "") -> None:
        super().__init__(message, hint=hint, en=en)
        self.retry_after_seconds = retry_after_seconds


class Full(Unavailable):
    """All places are taken."""

    code = "full"


class SourceFailed(Unavailable):
    """A data source did not deliver; the message names the source and the cause."""


class DiskFull(QuantError):
    """There is no room left for what has to be written."""

    kind = Kind.FULL_DISK


class Cancelled(QuantError):
    """The work was stopped on request."""

    kind = Kind.CONFLICT


class Broken(QuantError):
    """An internal promise does not hold; a bug of ours."""

    kind = Kind.INTERNAL
