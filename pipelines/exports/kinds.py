"""What kind of file it is, from its bytes: names lie (`.xlsx` that is CSV, and the reverse)."""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import Path
from typing import Literal

Kind = Literal[
    "csv", "workbook", "ods", "xlsb", "zip", "parquet", "json", "sqlite", "empty", "encrypted",
    "damaged_zip", "pdf", "image", "word", "html", "archive", "unknown",
]  # fmt: skip

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM\x00", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"PAR1", "parquet"),
    (b"PARE", "encrypted"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"{\\rtf", "word"),
)
# A title such as `[DATA KIA]` is no JSON: an object, an array of objects or of nothing is.
_JSON = re.compile(r"\s*(\[\s*)*(\{\s*[\"}]|\]\s*$)|\s*\[\s*$")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What a sender would call them, in both languages.
NAMES: dict[str, tuple[str, str]] = {
    "pdf": ("dokumen PDF", "a PDF document"),
    "image": ("gambar", "an image"),
    "word": ("dokumen Word", "a Word document"),
    "html": ("halaman web (HTML)", "a web page (HTML)"),
    "archive": ("arsip terkompresi", "a compressed archive"),
    "ods": ("lembar kerja OpenDocument (ods)", "an OpenDocument spreadsheet (ods)"),
    "xlsb": ("buku kerja biner (xlsb)", "a binary workbook (xlsb)"),
    "zip": ("arsip zip", "a zip archive"),
    "json": ("berkas JSON", "a JSON file"),
    "parquet": ("berkas Parquet", "a Parquet file"),
    "sqlite": ("berkas basis data SQLite", "an SQLite database file"),
    "csv": ("berkas teks (csv)", "a text file (csv)"),
    "workbook": ("buku kerja Excel", "an Excel workbook"),
    "unknown": ("jenis berkas yang tidak dikenal", "of an unknown type"),
}


def detect_kind(path: Path) -> Kind:
    """The kind of the file at `path`, whatever its name says."""
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    if not head:
        return "empty"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK"):
        return _zip_kind(path)
    if head.startswith(_OLE):
        return _ole_kind(path)
    return _text_kind(head)


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if any(name.lower() == "xl/workbook.bin" for name in names):
                return "xlsb"
            # A reader of workbooks takes the content of an OpenDocument wherever it finds it.
            if any(name.startswith("xl/") for name in names) and "content.xml" not in names:
                return "workbook"
            if any(name.startswith(("word/", "ppt/")) for name in names):
                return "word"
            if "mimetype" in names:
                with archive.open("mimetype") as stream:
                    return "ods" if b"spreadsheet" in stream.read(200) else "word"
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        return "damaged_zip"
    return "zip"


def _ole_kind(path: Path) -> Kind:
    # Stream names stand as UTF-16 in the directory of the container, wherever that lies.
    marks = {
        "EncryptedPackage".encode("utf-16-le"): "encrypted",
        "WordDocument".encode("utf-16-le"): "word",
        "PowerPoint Document".encode("utf-16-le"): "word",
    }
    rest = b""
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            piece = rest + piece
            for mark, kind in marks.items():
                if mark in piece:
                    return kind  # type: ignore[return-value]
            rest = piece[-64:]
    return "workbook"


def _text_kind(head: bytes) -> Kind:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        is_json = _JSON.match(head[:1024].decode("utf-16", "replace"))
        return "json" if is_json else "csv"
    # Text has no control characters but tabs, line breaks and the odd end-of-file mark.
    controls = sum(
        head.count(bytes([code])) for code in range(32) if code not in (9, 10, 12, 13, 26)
    )
    if b"\x00" in head or controls > len(head) // 100:
        return "unknown"
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:512].lower()
    if not start:
        return "empty"
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<meta", b"<style")):
        return "html"
    if _JSON.match(start.decode("latin-1")):
        return "json"
    return "csv"
