"""Errors at the prompt: one table from kinds to exit codes, the place in an expression under a caret."""

from __future__ import annotations

from quantgpt.foundations.errors import BadExpression, Kind, QuantError

EXIT = {
    Kind.INTERNAL: 1,
    Kind.INVALID: 2,
    Kind.NOT_FOUND: 3,
    Kind.CONFLICT: 4,
    Kind.FORBIDDEN: 5,
    Kind.UNAUTHENTICATED: 5,
    Kind.RATE_LIMITED: 6,
    Kind.UNAVAILABLE: 6,
    Kind.FULL_DISK: 7,
}


def exit_code(error: QuantError) -> int:
    """The exit code of an error."""
    return EXIT[error.kind]


def show_error(error: QuantError) -> None:
    """Print an error to standard error."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text("错误：", "bold red") + Text(error.message))
    if isinstance(error, BadExpression) and error.text:
        line, _, marks = error.caret().partition("\n")
        console.print(Text(f"  {line}"))
        console.print(Text(f"  {_widened(line, marks)}", "red"))
    if error.hint:
        console.print(Text("提示：", "cyan") + Text(error.hint))
    if error.nearest is not None and "最接近的有效值" not in error.hint:
        console.print(Text("最接近的有效值：", "cyan") + Text(str(error.nearest)))


def _widened(line: str, marks: str) -> str:
    """The caret line, moved for characters that take two columns."""
    from rich.cells import cell_len

    lead = len(marks) - len(marks.lstrip())
    return " " * cell_len(line[:lead]) + "^" * max(1, cell_len(line[lead : len(marks)]) or 1)
