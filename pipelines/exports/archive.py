"""A zip archive as its members: each copied to scratch under a name of ours, within limits.

Nothing is unpacked by the names in the archive. Its directory may lie about sizes, so what a member
expands to is counted while it is copied. An archive within an archive is refused.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.exports.problem import ProblemError, fail
from pipelines.exports.refusals import damaged, password_protected, too_large
from pipelines.exports.table import Limits

PIECE_BYTES = 1 << 20
_ENCRYPTED = 0x1
# What file managers put beside the files somebody packs.
_LITTER = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


@dataclass(frozen=True)
class Member:
    """One file of an archive. name: its last part as sent. path: its copy, None for litter."""

    name: str
    full_name: str
    path: Path | None


def unpack(path: Path, file_name: str, limits: Limits, work: Path) -> list[Member]:
    """The members of the archive at `path`, in its order; folders are none. Raises ProblemError."""
    members: list[Member] = []
    left = limits.expanded_bytes
    most = max(limits.ratio_bytes, limits.ratio * path.stat().st_size)
    try:
        with zipfile.ZipFile(path) as archive:
            files = [info for info in archive.infolist() if not info.is_dir()]
            if len(files) > limits.members:
                raise _too_many(file_name, limits.members)
            if any(info.flag_bits & _ENCRYPTED for info in files):
                raise password_protected(file_name)
            left = min(left, most)
            if sum(info.file_size for info in files) > left:
                raise too_large(file_name)
            for number, info in enumerate(files):
                name = _last(info.filename)
                if _is_litter(info.filename):
                    members.append(Member(name, info.filename, None))
                    continue
                copy = work / f"member-{number}"
                with archive.open(info) as source, copy.open("wb") as target:
                    while piece := source.read(PIECE_BYTES):
                        left -= len(piece)
                        if left < 0:
                            raise too_large(file_name)
                        target.write(piece)
                members.append(Member(name, info.filename, copy))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
        raise damaged(file_name, "Arsip", "archive") from None
    except RuntimeError:
        raise password_protected(file_name) from None
    return members


def _last(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name


def _is_litter(name: str) -> bool:
    last = _last(name).lower()
    return last in _LITTER or last.startswith("._") or name.startswith("__MACOSX/")


def nested(file_name: str) -> ProblemError:
    """The refusal of an archive within an archive."""
    return fail(
        "nested_archive",
        f"Arsip '{file_name}' memuat arsip lain; masukkan berkasnya langsung ke dalam satu arsip "
        "lalu kirim ulang.",
        f"The archive '{file_name}' holds another archive; put its files into one archive and "
        "send it again.",
    )


def _too_many(file_name: str, most: int) -> ProblemError:
    return fail(
        "too_many_members",
        f"Arsip '{file_name}' memuat lebih dari {most} berkas; kirim hanya berkas yang diminta.",
        f"The archive '{file_name}' holds more than {most} files; send only those asked for.",
    )
