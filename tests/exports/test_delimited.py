"""The quick way of reading lines finds what the careful one finds, or nothing at all."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.exports.delimited import LINE_FIELDS, lines, split
from pipelines.exports.table import filled

CELL = st.text(alphabet='ab"\n; \0é\u2028\t\\', max_size=4)


def written(records, careless):
    """Records as text: quoted where they have to be, or only as `careless` says."""
    out = []
    for record in records:
        cells = [
            '"' + cell.replace('"', '""') + '"'
            if not careless and set(cell) & set('";\n')
            else cell
            for cell in record
        ]
        out.append(";".join(cells))
    return "\n".join(out).encode()


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), max_size=6)
    ),
    st.booleans(),
    st.booleans(),
)
def test_lines_are_what_splitting_finds(records, careless, complete):
    data = written(records, careless)
    if not data:
        return
    quick = lines(data, ";", complete)
    if quick is None:
        return
    slow = split(data, ";", complete)
    a, b = quick.batch(7), slow.batch(7)
    assert a.rows.tolist() == b.rows.tolist()
    assert a.widths.tolist() == b.widths.tolist()
    assert [c.to_pylist() for c in a.columns] == [c.to_pylist() for c in b.columns]
    assert data[quick.used :].strip(b"\n") == data[slow.used :].strip(b"\n")


def test_well_formed_lines_are_read_the_quick_way():
    data = b'no;nama\n1;"ANI; ""A"""\n2;\n3;'
    quick = lines(data, ";", complete=False)
    assert [c.to_pylist() for c in quick.columns] == [["no", "1", "2"], ["nama", 'ANI; "A"', None]]
    assert data[quick.used :] == b"3;"


def test_what_is_not_a_plain_line_is_left_to_splitting():
    odd = [b"a;b\n1\n", b"a;b\n\n1;2\n", b"\na;b\n", b'a;b\n1;5" pipa\n', b"a\n1\n", b"a;b"]
    odd.append(b";" * LINE_FIELDS + b"\n")
    assert all(lines(data, ";", complete=False) is None for data in odd)


@given(st.lists(st.none() | st.text(alphabet="a \t\x1c\u00a0\u2003é\x7f\0", max_size=3)))
def test_filled_is_what_python_strips_to(cells):
    column = pa.array(["x", *cells, "y"], pa.string())
    for part in (
        column,
        column.slice(1, len(cells)),
        column.filter(pa.array([False, *[True] * len(cells), True])),
    ):
        assert filled(part).tolist() == [bool((c or "").strip()) for c in part.to_pylist()]
