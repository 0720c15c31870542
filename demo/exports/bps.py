"""BPS: the official poverty tables by province, byte for byte as published."""

from __future__ import annotations

import os
import re

from demo.areas import reference_folder
from demo.draws import month_start, texts
from demo.exports.common import Office


def write(office: Office) -> None:
    """Copy every yearly table as bps_00_<year>.csv (00 is the nation)."""
    folder = office.desk.folder("bps")
    for source in sorted((reference_folder() / "bps_poverty_raw").glob("*.csv")):
        found = re.search(r"(\d{4})", source.stem)
        if not found:
            continue
        year = int(found[1])
        path = folder / f"bps_00_{year}.csv"
        path.write_bytes(source.read_bytes())
        seconds = (month_start(year + 1, 2) + 14) * 86_400
        os.utime(path, (seconds, seconds))
        office.desk.files += 1
        office.desk.book.add(
            "files",
            program="bps",
            file_name=texts([path.name]),
            area_code="00",
            period=str(year),
            version=1,
            superseded=False,
            broken=None,
            rows_count=None,
            header_row=1,
            events="",
            member=None,
        )
