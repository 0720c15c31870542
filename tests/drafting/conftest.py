"""Small exports of several shapes, about people who do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.drafting import files, staging


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with nothing in it but its folders."""
    project = tmp_path / "project"
    for folder in (files.PROGRAMS, files.EXPECTATIONS, staging.STAGING):
        (project / folder).mkdir(parents=True)
    return project


def csv(path: Path, header: list[str], rows: list[list[str]], sign: str = ",") -> Path:
    """Write a delimited file."""
    lines = [sign.join(header), *(sign.join(row) for row in rows)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


NAMES = ("Ratna", "Bagas", "Wulan", "Hendra", "Mega", "Rizal", "Laras", "Dimas", "Indah", "Galih")
FAMILIES = ("Pratama", "Lestari", "Nugroho", "Utami", "Kusuma", "Wibowo", "Permata")


def person(i: int) -> dict[str, str]:
    """The i-th person: name, NIK, family card, birth (each of them somebody else's only by chance)."""
    day, month, year = i % 28 + 1, i % 12 + 1, 1960 + i % 40
    female = i % 2
    nik = f"317409{day + 40 * female:02}{month:02}{year % 100:02}{9001 + i:04}"
    return {
        "nik": nik,
        "kk": f"317409{day:02}{month:02}15{9700 + i:04}",
        "name": f"{NAMES[i % 10]} {FAMILIES[i % 7]} {FAMILIES[(i * 3 + 1) % 7]}",
        "birth": f"{day:02}/{month:02}/{year}",
        "sex": "P" if female else "L",
    }
