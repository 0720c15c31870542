"""Trying again: with growing pauses, as long as the other side asks, and not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TypeVar

import tenacity

from pipelines import settings
from pipelines.exports.sources.told import TransientError

ATTEMPTS = 5
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
# A source that asks for more is left for the next run.
LONGEST_ASKED_SECONDS = 300.0

T = TypeVar("T")


def sleep(seconds: float) -> None:
    """Wait; tests put something quicker here."""
    time.sleep(seconds)


def again(work: Callable[[], T]) -> T:
    """What `work` returns, tried up to `ATTEMPTS` times while it raises TransientError.

    The last TransientError goes on to the caller, as does one that asks for too long a pause.
    """
    return tenacity.Retrying(
        stop=tenacity.stop_after_attempt(ATTEMPTS),
        wait=_pause,
        retry=tenacity.retry_if_exception(_worth_it),
        sleep=lambda seconds: sleep(seconds),
        reraise=True,
    )(work)


def _worth_it(error: BaseException) -> bool:
    return isinstance(error, TransientError) and (error.wait or 0) <= LONGEST_ASKED_SECONDS


_growing = tenacity.wait_exponential(multiplier=FIRST_WAIT_SECONDS, max=LONGEST_WAIT_SECONDS)


def _pause(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, TransientError) else None
    return _growing(state) if asked is None else asked


def asked(header: str | None) -> float | None:
    """Seconds that a `Retry-After` asks for, in either of its forms; None if it says nothing."""
    if not header:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
        return max(0.0, (moment - settings.now()).total_seconds())
    except (ValueError, TypeError):
        return None
