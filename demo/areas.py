"""The three places of the demonstration district, read from the reference data.

A *village* here is a kelurahan or desa of the 2025 edition. Pekanbaru also carries
what it was called before Kecamatan Tampan was abolished in 2020.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from demo.draws import Texts, texts

REFERENCE_FILES = ("area_editions.parquet", "area_centroids_2025.parquet")
REGENCIES = ("3174", "1471", "7303")
"""Sender codes, in the order of the sites: Jakarta Selatan, Pekanbaru, Bantaeng."""

SITE_SHARES = (0.34, 0.36, 0.30)
_SITE_DISTRICTS = (("31.74.09",), ("14.71.08", "14.71.13"), ("73.03",))
_BPS_REGENCY = ("3171", "1471", "7303")


def reference_folder() -> Path:
    """Return data/reference, filling it from /work/shared/reference while it is missing.

    Raises FileNotFoundError if the reference data is nowhere.
    """
    folder = Path(__file__).resolve().parent.parent / "data" / "reference"
    if (folder / REFERENCE_FILES[0]).exists():
        return folder
    shared = Path("/work/shared/reference")
    if not shared.exists():
        raise FileNotFoundError(f"no reference data in {folder}")
    shutil.copytree(shared, folder, dirs_exist_ok=True)
    return folder


@dataclass(frozen=True)
class Areas:
    """Villages of the district (one entry each) and where strangers were registered."""

    site: np.ndarray
    """Index of the site, 0-2."""
    code: Texts
    """Dotted village code, 2025 edition."""
    name: Texts
    district_code: Texts
    district: Texts
    regency: Texts
    province: Texts
    old_code: Texts
    """Dotted village code in the 2019 edition."""
    old_district: Texts
    """District name in the 2019 edition (*Tampan* for Pekanbaru)."""
    bps_code: Texts
    latitude: np.ndarray
    longitude: np.ndarray
    weight: np.ndarray
    """Share of the site's people, sums to 1 per site."""
    postcode: Texts
    elsewhere_code: Texts
    """Six-digit district codes of all editions, for NIKs issued elsewhere."""
    elsewhere_name: Texts
    """Regency names that go with `elsewhere_code`."""
    site_elsewhere: tuple[np.ndarray, ...]
    """Per site: indices into `elsewhere_code` of other districts in the same province."""


@lru_cache(maxsize=4)
def load_areas(folder: Path | None = None) -> Areas:
    """Read the villages of the district and the districts of the whole country."""
    folder = folder or reference_folder()
    editions = pd.read_parquet(folder / REFERENCE_FILES[0])
    centroids = pd.read_parquet(folder / REFERENCE_FILES[1]).set_index("code")
    latest = editions[editions.valid_to_edition == "2025"].set_index("code")
    of_2019 = editions[
        (editions.valid_from_edition <= "2019") & (editions.valid_to_edition >= "2019")
    ].set_index("code")
    frames = []
    for site, prefixes in enumerate(_SITE_DISTRICTS):
        part = latest[
            (latest.level == "desa_kelurahan")
            & latest.index.str.startswith(tuple(f"{prefix}." for prefix in prefixes))
        ].sort_index()
        frames.append(pd.DataFrame({"code": part.index, "name": part["name"], "site": site}))
    villages = pd.concat(frames, ignore_index=True)
    villages["district_code"] = villages.code.str[:8]
    villages["district"] = villages.district_code.map(latest["name"])
    villages["regency"] = villages.code.str[:5].map(latest["name"])
    villages["province"] = villages.code.str[:2].map(latest["name"])
    tampan = of_2019[of_2019.parent_code == "14.71.08"]
    old_by_name = dict(zip(tampan["name"], tampan.index, strict=True))
    villages["old_code"] = [
        old_by_name.get(name, code) if site == 1 else code
        for code, name, site in zip(villages.code, villages.name, villages.site, strict=True)
    ]
    villages["old_district"] = np.where(villages.site == 1, "Tampan", villages.district)
    # Only the demo areas' regency codes are published here; the rest of the BPS code is invented.
    number = villages.groupby("district_code").cumcount() + 1
    district_number = villages.groupby("site").district_code.transform(
        lambda s: s.rank(method="dense")
    )
    villages["bps_code"] = [
        f"{_BPS_REGENCY[site]}{int(district) * 10:03d}{n:03d}"
        for site, district, n in zip(villages.site, district_number, number, strict=True)
    ]
    villages.loc[villages.code == "31.74.09.1005", "bps_code"] = "3171010006"
    villages.loc[villages.code == "31.74.09.1006", "bps_code"] = "3171010005"
    weight = 1.0 + (np.arange(len(villages)) * 7 % 5) * 0.3
    weight = np.where(villages.code == "31.74.09.1005", 20.0, weight)
    villages["weight"] = weight / pd.Series(weight).groupby(villages.site).transform("sum")
    place = centroids.reindex(villages.code)
    districts = editions[editions.level == "kecamatan"].drop_duplicates("code").sort_values("code")
    regency_names = editions[editions.level == "kabkota"].drop_duplicates("code", keep="last")
    names = districts.code.str[:5].map(regency_names.set_index("code")["name"]).fillna("Jakarta")
    short = names.str.replace(r"^(Kabupaten|Kota Administrasi|Kota) ", "", regex=True).str.upper()
    codes = districts.code.str.replace(".", "", regex=False)
    same_province = tuple(
        np.flatnonzero(codes.str[:2].isin(near).to_numpy())
        for near in (["31", "32", "33", "34"], ["14", "13", "12"], ["73"])
    )
    return Areas(
        site=villages.site.to_numpy(np.int8),
        code=texts(villages.code.tolist()),
        name=texts(villages.name.tolist()),
        district_code=texts(villages.district_code.tolist()),
        district=texts(villages.district.tolist()),
        regency=texts(villages.regency.tolist()),
        province=texts(villages.province.tolist()),
        old_code=texts(villages.old_code.tolist()),
        old_district=texts(villages.old_district.tolist()),
        bps_code=texts(villages.bps_code.tolist()),
        latitude=place.latitude.fillna(place.latitude.mean()).to_numpy(float),
        longitude=place.longitude.fillna(place.longitude.mean()).to_numpy(float),
        weight=villages.weight.to_numpy(float),
        postcode=texts([("12530", "28293", "92411")[site] for site in villages.site]),
        elsewhere_code=texts(codes.tolist()),
        elsewhere_name=texts(short.tolist()),
        site_elsewhere=same_province,
    )
