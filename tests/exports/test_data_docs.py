"""Great Expectations' pages: of the newest period, with counts, without a single value."""

from __future__ import annotations

import duckdb
import pytest

from pipelines import settings
from pipelines.exports import data_docs, declaration, ingest
from tests.exports.test_feedback import issue, submission


@pytest.fixture
def vault():
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS vault")
        ingest._ensure_quality(con)
        yield con


def test_the_pages_tell_counts_and_no_values(vault, tmp_path):
    home = settings.Home(tmp_path / "home")
    program = declaration.load_program(settings.PROGRAMS_DIR / "bps" / "defs.yaml")
    assert data_docs.build(vault, program, home) is None
    rule = "columns_not_declared"
    for period in ("2024", "2025"):
        name = submission(
            vault, period, 1, program="bps", rows_count=38, period_from=f"{period}-01-01"
        )
        issue(vault, name, None, rule, "info", value_sent="SITI RAHASIA")
        assert data_docs.build(vault, program, home) == "vault/data_docs/gx/site/index.html"
    site = data_docs.folder(home) / "gx" / "site"
    (page,) = (site / "validations").rglob("*.html")
    assert "2025" in page.parts
    assert "1 of 1 submissions" in page.read_text("utf-8")
    assert (site / "expectations" / "bps.html").exists()
    assert "validations/bps/2025" in (site / "index.html").read_text("utf-8")
    for path in data_docs.folder(home).rglob("*"):
        assert not path.is_file() or b"RAHASIA" not in path.read_bytes()
    before = page.stat().st_mtime_ns
    data_docs.build(vault, program, home)
    assert page.stat().st_mtime_ns == before
