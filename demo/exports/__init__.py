"""The programs' exports: one module each, registered in PROGRAMS."""

from __future__ import annotations

from collections.abc import Callable

from demo.exports import bps, dapodik, dtsen, eppgbm, pkh, sembako
from demo.exports.common import Office

PROGRAMS: dict[str, Callable[[Office], None]] = {
    "dtsen": dtsen.write,
    "dapodik": dapodik.write,
    "pkh": pkh.write,
    "sembako": sembako.write,
    "eppgbm": eppgbm.write,
    "bps": bps.write,
}
"""What writes each program's files, in the order in which they are written."""

DEFAULT_PROGRAMS = ("dtsen", "pkh", "sembako", "dapodik", "eppgbm", "bps")
"""The programs that are written unless others are asked for."""
