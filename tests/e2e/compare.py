"""Whether two barns hold the same warehouse, although their opaque ids were drawn apart."""

from __future__ import annotations

from tests.conftest import Barn

# What a fact says, with people and households told by their smallest record instead of by id.
PEOPLE = """
    SELECT beneficiary_id, min(submission_id || ':' || source_record_id) AS person
    FROM vault.identity.record_links GROUP BY 1
"""
HOUSEHOLDS = """
    SELECT household_id, min(submission_id || ':' || source_record_id) AS home
    FROM vault.identity.record_links WHERE household_id IS NOT NULL GROUP BY 1
"""
QUESTIONS = {
    "links": f"""
        WITH people AS ({PEOPLE}), homes AS ({HOUSEHOLDS})
        SELECT program, submission_id, source_record_id, person, home
        FROM vault.identity.record_links JOIN people USING (beneficiary_id)
        LEFT JOIN homes USING (household_id)
    """,
    "benefits": f"""
        WITH people AS ({PEOPLE})
        SELECT benefit_id, person, program_code, period_from, amount_idr, status_code, is_repeat
        FROM warehouse.core.benefits LEFT JOIN people USING (beneficiary_id)
    """,
    "submissions": """
        SELECT submission_id, state, rows_count, accepted_count, quarantined_count, is_serving
        FROM vault.quality.submissions
    """,
    "issues": "SELECT * FROM warehouse.core.data_quality_issues",
    "areas": "SELECT * FROM warehouse.analysis.area_scorecard",
}


def answers(barn: Barn, question: str) -> list[tuple]:
    """The rows of one question, in a total order."""
    return barn.query(f"SELECT * FROM ({QUESTIONS[question]}) ORDER BY ALL")


def same_warehouse(left: Barn, right: Barn) -> None:
    """Fail, without showing a row, if the two differ in any question."""
    for question in QUESTIONS:
        a, b = answers(left, question), answers(right, question)
        differ = len(set(a) ^ set(b)) + abs(len(a) - len(b))
        assert differ == 0, f"{question}: {differ} rows differ of {len(a)} and {len(b)}"
