"""What a program still lacks before it may be relied on: open questions, gaps, what cannot run.

A finding `blocks` (the program does not work, loses something silently, or a question of the
draft is unanswered) or is for a person to look at. No finding quotes a value.
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipelines.drafting import files, trial
from pipelines.drafting.sample import DraftError, look_at
from pipelines.drafting.staging import STAGING, reads, record_columns, without_comments
from pipelines.drafting.words import meaning_of
from pipelines.exports import check
from pipelines.exports.declaration import DeclarationError, Program, load_program

# Made-up exports of a program, for tests; the pipeline never reads them.
SAMPLES = Path("tests") / "samples"
MOST_SAMPLES = 5
_CHECK = re.compile(r"CHECK:\s*(.+)")


@dataclass(frozen=True)
class Finding:
    """One thing that is missing. place: file (and line) below the root. blocks: see above."""

    blocks: bool
    place: str
    text: str


@dataclass
class Review:
    """All findings about one program, and how its samples fared if there are any."""

    program: str
    findings: list[Finding] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)

    @property
    def blocks(self) -> int:
        """How many findings block."""
        return sum(f.blocks for f in self.findings)

    def add(self, place: Path | str, text: str, *, blocks: bool = True) -> None:
        """Note a finding."""
        self.findings.append(Finding(blocks, str(place), text))


def review(name: str, root: Path, samples: list[Path] | None = None) -> Review:
    """Look through the three places of the program below `root`.

    samples: files to try it on; else those of tests/samples/<name>.
    """
    found = Review(name)
    for place in files.places(name):
        if not (root / place).exists():
            found.add(place, "is not there")
    _comments(found, root)
    program = _declaration(found, root)
    suite = _suite(found, root, program)
    if program is not None:
        _columns(found, program)
        _staging(found, root, program)
        if suite is not None:
            _try(found, root, program, suite, samples)
    return found


def _comments(found: Review, root: Path) -> None:
    name = found.program
    paths = [root / files.PROGRAMS / name / "defs.yaml", root / files.EXPECTATIONS / f"{name}.json"]
    paths += sorted((root / STAGING / name).glob("*"))
    for path in paths:
        if not path.is_file():
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            question = _CHECK.search(line)
            if question:
                asked = question[1].strip().rstrip('",').rstrip()
                found.add(f"{path.relative_to(root)}:{number}", asked)


def _declaration(found: Review, root: Path) -> Program | None:
    place = files.PROGRAMS / found.program / "defs.yaml"
    if not (root / place).exists():
        return None
    try:
        return load_program(root / place)
    except DeclarationError as error:
        found.add(place, str(error))
        return None


def _suite(found: Review, root: Path, program: Program | None) -> check.Suite | None:
    place = files.EXPECTATIONS / f"{found.program}.json"
    if not (root / place).exists():
        return None
    try:
        raw = json.loads((root / place).read_text("utf-8"))
        for number, rule in enumerate(raw["expectations"], 1):
            meta = rule.get("meta") or {}
            told = [
                (meta.get(key) or {}).get(language)
                for key in ("message", "action")
                for language in ("id", "en")
            ]
            if not all(isinstance(text, str) and text.strip() for text in told):
                rule_id = meta.get("rule_id", f"number {number}")
                found.add(place, f"rule {rule_id}: no message or action in one of the languages")
        suite = check.load_suite(found.program, root / files.EXPECTATIONS)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        told_error = str(error) if isinstance(error, check.SuiteError) else type(error).__name__
        found.add(place, f"the suite does not load: {told_error}")
        return None
    columns = set(program.columns) if program else set()
    for rule in suite.rules:
        if program and rule.column and rule.column not in columns:
            found.add(place, f"rule {rule.rule_id} is about {rule.column}, which is not declared")
    return suite


def _columns(found: Review, program: Program) -> None:
    place = files.PROGRAMS / program.name / "defs.yaml"
    if not program.keys:
        found.add(place, "no column is a key: totals below the table cannot be told from rows")
    for name, column in program.columns.items():
        if column.description is None:
            found.add(place, f"column {name} has no description", blocks=False)
        if column.identifier is not None and column.personal == "none":
            found.add(place, f"column {name} is an identifier and has no class of personal data")
        if "personal" not in column.model_fields_set and not _of_place(name):
            found.add(place, f"column {name} states no class of personal data", blocks=False)


def _of_place(name: str) -> bool:
    return meaning_of(name).concept.personal == "none"


def _staging(found: Review, root: Path, program: Program) -> None:
    folder = STAGING / program.name
    models = sorted((root / folder).glob(f"stg_{program.name}__*.sql"))
    described: dict[str, Any] = {}
    sources: list[dict[str, Any]] = []
    for path in sorted((root / folder).glob("*.yml")):
        place = path.relative_to(root)
        try:
            content = yaml.safe_load(path.read_text("utf-8")) or {}
            described |= {m["name"]: m for m in content.get("models") or []}
            sources += [t for s in content.get("sources") or [] for t in s.get("tables") or []]
        except (yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
            found.add(place, f"cannot be read: {type(error).__name__}")
    if not models:
        found.add(folder, "no staging model: nothing of the export would reach the warehouse")
        return
    listed = {
        c["name"]: c
        for t in sources
        if t.get("name") == program.name
        for c in t.get("columns") or []
    }
    if list(listed) != list(program.columns):
        wrong = sorted(set(listed) ^ set(program.columns)) or ["the order"]
        found.add(folder, f"the source's columns are not the declared ones: {', '.join(wrong)}")
    texts = {path: without_comments(path.read_text("utf-8")) for path in models}
    used = "\n".join(texts.values())
    for name in program.columns:
        concept = meaning_of(name).concept.name
        if concept == "row_number":
            continue
        if not reads(used, name) and not _unused_reason(listed.get(name)):
            found.add(
                folder,
                f"column {name} is read by no model and its source column says not why "
                "(config: {meta: {unused: …}}): it would be dropped silently",
                blocks=concept != "free_text",
            )
    for path, text in texts.items():
        _model(found, path.relative_to(root), text, described.get(path.stem))


def _unused_reason(column: dict[str, Any] | None) -> str | None:
    config = (column or {}).get("config") or {}
    return (config.get("meta") or {}).get("unused")


def _model(found: Review, place: Path, text: str, described: dict[str, Any] | None) -> None:
    record = place.stem.rsplit("__", 1)[1]
    try:
        wanted = [name for name, _ in record_columns(record)]
    except Exception:
        found.add(place, f"{record} is no canonical record (dbt_project/macros/records.sql)")
        return
    lacking = [name for name in wanted if not reads(text, name)]
    if lacking:
        found.add(place, f"lacks columns of {record}: {', '.join(lacking)}")
    if described is None:
        found.add(place, "is not described in the staging YAML")
        return
    codes = (((described.get("config") or {}).get("meta") or {}).get("codes")) or {}
    strange = sorted(set(codes) - set(wanted))
    if strange:
        found.add(place, f"codes for columns that {record} has not: {', '.join(strange)}")
    for column, values in codes.items():
        if isinstance(values, list):
            _codes(found, place, text, column, [str(v) for v in values])
    if record == "unused_rows" and "not_mapped" in text:
        found.add(place, "rows are put aside as not mapped")


def _codes(found: Review, place: Path, text: str, column: str, values: list[str]) -> None:
    """Codes that the YAML declares and the model cannot yield, as far as its text tells."""
    if not re.search(r"decode_words|'[a-z0-9_]+' as " + re.escape(column), text):
        return
    decoders = re.findall(r"\b(decode_\w+)", text)
    if set(decoders) - {"decode_words", "decode_flag"}:
        # A macro of its own may yield them.
        return
    never = [v for v in values if f"'{v}'" not in text and v not in ("other", "yes", "no")]
    if never:
        found.add(
            place,
            f"codes of {column} that are never made: {', '.join(never)}",
            blocks=False,
        )


def _try(
    found: Review, root: Path, program: Program, suite: check.Suite, samples: list[Path] | None
) -> None:
    folder = SAMPLES / program.name
    paths = samples or sorted(p for p in (root / folder).glob("*") if p.is_file())[:MOST_SAMPLES]
    if not paths:
        found.add(
            folder,
            "no test data: put an export with invented people there, or name samples after --check",
            blocks=False,
        )
        return
    try:
        looked = [look_at(path) for path in paths]
        with tempfile.TemporaryDirectory(prefix="lumbung-draft-") as scratch:
            outcome = trial.run(program, suite, looked, Path(scratch))
    except DraftError as error:
        found.add(folder, str(error))
        return
    if outcome.failed:
        found.add(
            files.EXPECTATIONS / f"{program.name}.json", f"rule {outcome.failed} cannot be run"
        )
    rejected = outcome.states.get("rejected", 0)
    if rejected:
        found.add(folder, f"{rejected} of {len(paths)} samples are rejected")
    states = ", ".join(f"{count} {state}" for state, count in outcome.states.items())
    found.tried.append(f"{len(paths)} samples with {outcome.rows} rows: {states}")
    by_id = {rule.rule_id: rule for rule in suite.rules}
    for rule_id, count in sorted(outcome.broken.items(), key=lambda b: (-b[1], b[0])):
        rule = by_id.get(rule_id)
        found.tried.append(f"{rule_id} ({rule.severity if rule else 'critical'}): {count}")
