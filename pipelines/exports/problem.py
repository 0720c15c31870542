"""Why a whole file cannot be taken: one sentence for its sender, in two languages.

A sentence names the file, the column, what was expected and what to do. It never repeats a cell.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A structural problem of one file. `code` is stable; the messages are for people.

    The messages may quote what the sender wrote (the file's name, a sheet's, an unknown header), so
    they stay in the vault. column: the declared column it is about, if it is about one.
    """

    code: str
    message_id: str
    message_en: str
    column: str | None = None


class ProblemError(Exception):
    """Carries a `Problem` out of the reading of a file."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message_en)
        self.problem = problem


def fail(code: str, message_id: str, message_en: str, column: str | None = None) -> ProblemError:
    """The error to raise for a structural problem."""
    return ProblemError(Problem(code, message_id, message_en, column))
