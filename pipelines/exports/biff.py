"""How many cells an old workbook (.xls, BIFF) would open to, told before a reader opens it.

Sheets are opened as rectangles, and room is made for what a sheet says of its own size: a few
hundred bytes can ask for all the memory there is. So the records of the workbook's stream are gone
through first: of each only its kind, its length and the place of its cells are looked at.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
_STREAMS = ("Workbook", "Book")
_BOF = (0x0009, 0x0209, 0x0409, 0x0809)
_DIMENSIONS = (0x0000, 0x0200)
# FORMULA, BLANK, NUMBER, LABEL, BOOLERR, RK, LABELSST, RSTRING: row and column come first.
_CELLS = frozenset({0x0006, 0x0206, 0x0406, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6})
# MULRK, MULBLANK: the last column comes last.
_MANY_CELLS = frozenset({0x00BD, 0x00BE})
_FILEPASS = 0x002F
_OLD_CELLS = frozenset({0x0001, 0x0002, 0x0003, 0x0004, 0x0005})


class EncryptedError(ValueError):
    """The workbook is locked with a password: what its records say cannot be read."""


def cells_of(path: Path, most: int) -> int:
    """Cells that all sheets together would open to; stops counting beyond `most`.

    Raises ValueError for a file that cannot be right, EncryptedError for one with a password.
    """
    data = path.read_bytes()
    stream = _workbook(data) if data.startswith(_SIGNATURE) else data
    total = rows = columns = 0
    place, size = 0, len(stream)
    head = struct.Struct("<HH")
    told = 0
    while place + 4 <= size:
        kind, length = head.unpack_from(stream, place)
        body = place + 4
        if kind in _CELLS or kind in _MANY_CELLS or (kind in _OLD_CELLS and length >= 4):
            if length >= 4 and body + length <= size:
                row, column = head.unpack_from(stream, body)
                if kind in _MANY_CELLS:
                    column = struct.unpack_from("<H", stream, body + length - 2)[0]
                if row >= rows:
                    rows = row + 1
                if column >= columns:
                    columns = column + 1
        elif kind == _FILEPASS and length >= 2:
            raise EncryptedError("a workbook with a password")
        elif kind in _DIMENSIONS and length >= 8:
            told = max(told, _told(stream[body : body + length]))
        elif kind in _BOF:
            total += max(rows * columns, told)
            rows = columns = told = 0
            if total > most:
                return total
        place = body + length
    return total + max(rows * columns, told)


def _told(body: bytes) -> int:
    """Cells of the rectangle that a sheet says it has (32-bit rows from BIFF8 on)."""
    if len(body) >= 14:
        first, last, left, right = struct.unpack_from("<IIHH", body)
    else:
        first, last, left, right = struct.unpack_from("<HHHH", body)
    return max(0, last - first) * max(0, right - left)


def _workbook(data: bytes) -> bytes:
    """The stream of the workbook in a compound file. Raises ValueError."""
    try:
        return _find(data)
    except (struct.error, IndexError, OverflowError, UnicodeDecodeError) as error:
        raise ValueError("a compound file that cannot be followed") from error


def _find(data: bytes) -> bytes:
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise ValueError("sectors of an impossible size")
    size = 1 << shift
    first_directory, _, cutoff, first_mini, _, first_difat = struct.unpack_from("<6I", data, 48)
    most = len(data) // size + 1
    fat_sectors = [n for n in struct.unpack_from("<109I", data, 76) if n < _LAST_SECTOR]
    seen = 0
    while first_difat < _LAST_SECTOR:
        entries = struct.unpack_from(f"<{size // 4}I", data, (first_difat + 1) * size)
        fat_sectors += [n for n in entries[:-1] if n < _LAST_SECTOR]
        first_difat = entries[-1]
        seen += 1
        if seen > most:
            raise ValueError("a chain without an end")
    if len(fat_sectors) > most:
        raise ValueError("more tables than sectors")
    fat = np.frombuffer(b"".join(_sector(data, n, size) for n in fat_sectors), dtype="<u4")

    def chain(start: int) -> bytes:
        pieces = []
        while start < _LAST_SECTOR:
            pieces.append(_sector(data, start, size))
            if len(pieces) > most:
                raise ValueError("a chain without an end")
            start = int(fat[start])
        return b"".join(pieces)

    directory = chain(first_directory)
    root: tuple[int, int] | None = None
    found: tuple[int, int] | None = None
    for place in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, place + 64)
        name = directory[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        start, bytes_ = struct.unpack_from("<II", directory, place + 116)
        if kind == 5:
            root = (start, bytes_)
        elif kind == 2 and name in _STREAMS and found is None:
            found = (start, bytes_)
    if found is None:
        raise ValueError("no workbook in it")
    start, length = found
    if length >= cutoff or root is None:
        return chain(start)[:length]
    # A small stream stands in pieces of 64 bytes within the root's own stream.
    mini = chain(root[0])
    mini_fat = np.frombuffer(chain(first_mini), dtype="<u4")
    pieces = []
    while start < _LAST_SECTOR:
        pieces.append(mini[start * 64 : start * 64 + 64])
        if len(pieces) * 64 > len(mini) + 64:
            raise ValueError("a chain without an end")
        start = int(mini_fat[start])
    return b"".join(pieces)[:length]


def _sector(data: bytes, number: int, size: int) -> bytes:
    start = (number + 1) * size
    if start >= len(data):
        raise ValueError("a sector beyond the end")
    return data[start : start + size]
