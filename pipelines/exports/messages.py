"""Why a file was rejected or waits, in words that may leave the vault: none is a sender's.

The sentences of `vault.quality.submissions` may quote a file's name, a sheet's or an unknown
header. These are made of the reason's code, a declared column and the submission's id alone.
"""

from __future__ import annotations

from collections.abc import Mapping

# By reason_code: Indonesian, English. `{column}` stands where a declared column is known.
TEXTS: dict[str, tuple[str, str]] = {
    "bad_file_name": (
        "nama berkasnya tidak dapat dibaca; ubah namanya lalu kirim ulang",
        "its file name cannot be read; rename it and send it again",
    ),
    "bad_area": (
        "kode wilayah pada nama berkasnya keliru; ubah namanya lalu kirim ulang",
        "the area code in its file name is wrong; rename it and send it again",
    ),
    "bad_period": (
        "periode pada nama berkasnya keliru; ubah namanya lalu kirim ulang",
        "the period in its file name is wrong; rename it and send it again",
    ),
    "future_period": (
        "periodenya belum dimulai; berkas ini dinilai lagi setelah periodenya dimulai",
        "its period has not begun; it is judged again once it has",
    ),
    "rows_changed": (
        "jumlah barisnya jauh berbeda dengan periode sebelumnya; menunggu persetujuan",
        "its number of rows differs much from the period before; it waits for approval",
    ),
    "column_emptied": (
        "kolom {column} kosong di semua baris, padahal sebelumnya terisi; menunggu persetujuan",
        "the column {column} is empty in all rows and was filled before; it waits for approval",
    ),
    "refused": (
        "ditolak oleh pengelola data",
        "refused by the data team",
    ),
    "other_program": (
        "berkas ini tampaknya milik program lain; kirim ke folder program itu",
        "it seems to be another program's; send it to that program's folder",
    ),
    "empty_file": (
        "berkasnya kosong; ekspor ulang lalu kirim lagi",
        "the file is empty; export it again and send it anew",
    ),
    "truncated": (
        "berkasnya rusak atau terpotong; ekspor ulang lalu kirim lagi",
        "the file is damaged or cut off; export it again and send it anew",
    ),
    "wrong_type": (
        "jenis berkasnya tidak diterima program ini; kirim dalam format yang diminta",
        "the program does not take files of its type; send it in a format asked for",
    ),
    "password_protected": (
        "berkasnya dilindungi kata sandi; hapus kata sandinya lalu kirim ulang",
        "the file is protected by a password; remove it and send the file again",
    ),
    "too_large": (
        "berkasnya terlalu besar bila dibuka; bagi menjadi beberapa berkas",
        "the file is too large when opened; split it into several files",
    ),
    "too_many_columns": (
        "kolomnya terlalu banyak; periksa pemisah kolomnya lalu kirim ulang",
        "it has too many columns; check its delimiter and send it again",
    ),
    "header_not_found": (
        "baris judul kolomnya tidak ditemukan; periksa berkasnya lalu kirim ulang",
        "no header row was found; check the file and send it again",
    ),
    "header_twice": (
        "baris judul kolomnya tertulis dua kali; hapus yang kedua lalu kirim ulang",
        "its header row stands twice; delete the second one and send it again",
    ),
    "header_only": (
        "berkasnya hanya memuat baris judul kolom; periksa ekspornya lalu kirim ulang",
        "it has a header row and no row of data; check the export and send it again",
    ),
    "several_sheets": (
        "beberapa lembarnya berisi data; gabungkan menjadi satu lembar lalu kirim ulang",
        "several of its sheets hold data; put the rows on one sheet and send it again",
    ),
    "doubled_column": (
        "kolom {column} muncul lebih dari sekali; hapus yang ganda lalu kirim ulang",
        "the column {column} stands more than once; remove the doubled one and send it again",
    ),
    "renamed_column": (
        "kolom {column} tidak ada, mungkin namanya berubah; kembalikan namanya lalu kirim ulang",
        "the column {column} is missing, perhaps renamed; give it its name and send it again",
    ),
    "missing_column": (
        "kolom {column} tidak ada; tambahkan lalu kirim ulang",
        "the column {column} is missing; add it and send the file again",
    ),
    "several_files": (
        "beberapa berkas di dalam arsipnya berisi data; kirim satu berkas saja",
        "several files in its archive hold data; send one of them only",
    ),
    "missing_part": (
        "satu berkas tidak ada di dalam arsipnya; tambahkan lalu kirim ulang",
        "a file is missing in its archive; add it and send the archive again",
    ),
    "doubled_part": (
        "satu bagian ada lebih dari sekali di dalam arsipnya; sisakan satu lalu kirim ulang",
        "a part stands more than once in its archive; keep one and send the archive again",
    ),
    "nested_archive": (
        "arsipnya memuat arsip lain; masukkan berkasnya ke dalam satu arsip lalu kirim ulang",
        "its archive holds another archive; put its files into one and send it again",
    ),
    "too_many_members": (
        "arsipnya memuat terlalu banyak berkas; kirim hanya berkas yang diminta",
        "its archive holds too many files; send only those asked for",
    ),
    "missing_table": (
        "tabel yang diminta tidak ada pada basis datanya; ekspor ulang lalu kirim lagi",
        "the table asked for is not in its database; export it again and send it anew",
    ),
    "missing_title": (
        "keterangan {column} tidak ada di atas judul kolomnya; tulis kembali lalu kirim ulang",
        "{column} is not told above its header; write it there and send the file again",
    ),
    "not_records": (
        "isinya bukan objek JSON dengan nama kolom; kirim satu objek untuk setiap baris",
        "it does not hold JSON objects with names of columns; send one for each row",
    ),
    "too_deep": (
        "isinya bersusun terlalu dalam; ekspor ulang lalu kirim lagi",
        "it is nested too deeply; export it again and send it anew",
    ),
    "unreadable": (
        "berkasnya tidak dapat dibaca; ekspor ulang lalu kirim lagi",
        "the file cannot be read; export it again and send it anew",
    ),
    "rule_failed": (
        "satu aturan tidak dapat dijalankan pada berkas ini; hubungi pengelola data",
        "a rule could not be run on this file; tell the data team",
    ),
    "no_rows": (
        "berkasnya tidak berisi satu baris data pun; kirim berkas yang berisi daftarnya",
        "it holds no row of data; send the file with its list",
    ),
    "no_usable_rows": (
        "tidak satu pun barisnya dapat dipakai; kesalahan terbanyak ada pada kolom {column}",
        "none of its rows can be used; the most frequent error is in the column {column}",
    ),
}
_UNKNOWN = ("alasannya ada di dalam gudang tertutup", "the reason is in the vault")
_NO_COLUMN = ("yang diminta", "asked for")


def reason(
    submission_id: str,
    code: str | None,
    column: str | None,
    rules: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[str, str, str]:
    """(submission_id, sentence in Indonesian, sentence in English) for a rejected submission.

    column: a declared column or None. rules: what the program's own rules say, by rule_id.
    """
    of_rule = (rules or {}).get(code or "", _UNKNOWN)
    indonesian, english = (
        text.replace("{column}", f"'{column}'" if column else without).rstrip(". ")
        for text, without in zip(TEXTS.get(code or "", of_rule), _NO_COLUMN, strict=True)
    )
    return (
        submission_id,
        f"{submission_id}: {indonesian}.",
        f"{submission_id}: {english}.",
    )
