"""The programs' exports: one module each, registered in PROGRAMS."""

from __future__ import annotations

from collections.abc import Callable

from demo.exports import (
    assistance,
    bps,
    dapodik,
    dtsen,
    eppgbm,
    livelihood,
    pkh,
    registers,
    resources,
    sembako,
    services,
    voice,
)
from demo.exports.common import Office

PROGRAMS: dict[str, Callable[[Office], None]] = {
    "dtsen": dtsen.write,
    "dapodik": dapodik.write,
    "pkh": pkh.write,
    "sembako": sembako.write,
    "eppgbm": eppgbm.write,
    "bps": bps.write,
    "dukcapil": registers.write_dukcapil,
    "dtks_ppks": registers.write_dtks_ppks,
    "regsosek": registers.write_regsosek,
    "pbi_jkn": assistance.write_pbi_jkn,
    "blt_dd": assistance.write_blt_dd,
    "atensi": assistance.write_atensi,
    "pena": assistance.write_pena,
    "pip": services.write_pip,
    "kia": services.write_kia,
    "posbindu": services.write_posbindu,
    "rtlh": livelihood.write_rtlh,
    "blk": livelihood.write_blk,
    "prakerja": livelihood.write_prakerja,
    "simfoni_ppa": livelihood.write_simfoni_ppa,
    "slrt": voice.write_slrt,
    "lapor": voice.write_lapor,
    "ikm": voice.write_ikm,
    "sipd": resources.write_sipd,
    "opendk": resources.write_opendk,
    "psks": resources.write_psks,
}
"""What writes each program's files, in the order in which they are written."""
