"""The waterfall as an SVG: bars that follow one another, and text that cannot break it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from pipelines.identity import review_picture

SPACE = "{http://www.w3.org/2000/svg}"
STEPS = [
    ("start", "", -10.0),
    ("name", "same <b> & rare", 12.0),
    ("date", "", -3.0),
    ("sum", "", -1.0),
]


def test_each_bar_begins_where_the_one_above_ends():
    drawn = ET.fromstring(review_picture.svg(STEPS, 0.0, 'a & "b"'))
    bars = [
        (float(r.get("x")), float(r.get("x")) + float(r.get("width")))
        for r in drawn.iter(f"{SPACE}rect")
        if r.get("x")
    ]
    (start, name, date, total) = bars
    assert abs(start[0] - name[0]) < 0.2
    assert abs(name[1] - date[1]) < 0.2
    assert abs(date[0] - total[0]) < 0.2 and abs(total[1] - start[1]) < 0.2
    words = [t.text for t in drawn.iter(f"{SPACE}text")]
    assert "name: same <b> & rare" in words and "-1.0" in words


def test_nothing_weighs_nothing():
    assert ET.fromstring(review_picture.svg([("sum", "", 0.0)], 0.0, "x")) is not None
