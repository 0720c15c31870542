"""Great Expectations on a DuckDB connection that is already open, and nothing else.

GX speaks to databases through SQLAlchemy. The dialect here hands it the caller's own connection
(so that GX sees the caller's tables and macros), buffers results because GX reads them after it
has closed its connection, and never begins, commits or rolls back anything. The GX context is
made once per process: in memory, without analytics, progress bars or files.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite
    from great_expectations.core.batch_definition import BatchDefinition

URL_SCHEME = "lumbung_check"
# GX looks at a few rows of an unexpected-rows query; more than this it must not ask for.
BUFFERED_ROWS = 10_000

# GX holds one engine for the process, so one thread at a time lends it a connection.
_lock = threading.RLock()
_lent: list[duckdb.DuckDBPyConnection] = []
# How the failing rows of an unexpected-rows query are counted in this run; see `run_suite`.
_counting: list[Callable[[str], int]] = []


class TooManyRowsError(RuntimeError):
    """GX asked for more rows than may pass through Python; the rule must select fewer."""


class GXError(RuntimeError):
    """GX could not run a suite at all. Carries the class of the error, never its text."""


@dataclass(frozen=True)
class Outcome:
    """What GX found for one expectation of a suite.

    success: whether it holds. error: the class of the error that kept it from being run (never
    its text, which may quote a person's data), else None. index_query: for GX's own row-wise
    expectations, SQL that yields `index_columns` of the failing rows.
    """

    meta: dict[str, Any]
    success: bool
    error: str | None
    index_query: str | None


def load_suite(content: dict[str, Any]) -> ExpectationSuite:
    """A GX suite from the content of its JSON file. Raises ValueError if GX refuses it."""
    _quiet()
    from great_expectations.core import ExpectationSuite

    known = {k: v for k, v in content.items() if k in {"name", "expectations", "meta", "notes"}}
    try:
        return ExpectationSuite(**known)
    except Exception as error:  # GX raises many classes here
        raise ValueError(f"{type(error).__name__}: {error}") from error


def run_suite(
    con: duckdb.DuckDBPyConnection,
    suite: ExpectationSuite,
    table: str,
    index_columns: Sequence[str],
    count: Callable[[str], int],
) -> list[Outcome]:
    """Run `suite` over the table `table` of `con`; one outcome per expectation.

    count: runs an unexpected-rows query, in which `{batch}` still stands for the table, and tells
    how many rows fail; so a caller that keeps them need not run it a second time. No value of any
    row is read into Python: results are booleans and SQL. Raises GXError.
    """
    with _lock:
        _lent.append(con)
        _counting.append(cache(count))
        try:
            batch = _batch_definition(table).get_batch()
            result = batch.validate(
                suite,
                result_format={
                    "result_format": "BOOLEAN_ONLY",
                    "return_unexpected_index_query": True,
                    "unexpected_index_column_names": list(index_columns),
                },
            )
        except Exception as error:  # GX raises many classes, some of which quote values
            raise GXError(type(error).__name__) from None
        finally:
            _lent.pop()
            _counting.pop()
    return [_outcome(r) for r in result.results]


def _outcome(result: Any) -> Outcome:
    info = result.exception_info or {}
    # One entry per failed metric, or a single flat one.
    raised = [info] if "raised_exception" in info else list(info.values())
    raised = [r for r in raised if r.get("raised_exception")]
    error = None
    if raised:
        text = str(raised[0].get("exception_message") or "")
        name = text.partition(":")[0].strip()
        error = name if name.isidentifier() else "ExpectationError"
    index_query = (result.result or {}).get("unexpected_index_query")
    return Outcome(
        meta=dict(result.expectation_config.meta or {}),
        success=bool(result.success),
        error=error,
        index_query=index_query.strip().rstrip(";") if index_query else None,
    )


def _quiet() -> None:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # GX logs failing queries and values; outcomes carry all that we need.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)


@cache
def _context() -> Any:
    _quiet()
    import great_expectations as gx

    _register_dialect()
    _count_once()
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        # Without this GX makes a folder for documentation that nobody reads.
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        analytics_enabled=False,
    )
    return gx.get_context(mode="ephemeral", project_config=config)


@cache
def _batch_definition(table: str) -> BatchDefinition:
    context = _context()
    source = context.data_sources.add_sql(f"check_{table}", connection_string=f"{URL_SCHEME}://")
    asset = source.add_table_asset(table, table_name=table)
    return asset.add_batch_definition_whole_table("whole")


def _count_once() -> None:
    """Keep GX from running every query twice and more: for their number and for the rows.

    The result format that `run_suite` uses tells the number alone, and that is the caller's to
    count, who keeps the rows' places on the way.
    """
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine
    from great_expectations.expectations.metrics.metric_provider import metric_value
    from great_expectations.expectations.metrics.query_metrics import (
        UnexpectedRowsQueryRowCount,
        UnexpectedRowsQueryTable,
    )

    class NoRows(UnexpectedRowsQueryTable):
        """The rows of an unexpected-rows query: none of them."""

        metric_name = "unexpected_rows_query.table"

        @metric_value(engine=SqlAlchemyExecutionEngine)
        def _sqlalchemy(cls, *_: Any, **__: Any) -> list[dict[Any, Any]]:
            return []

    class Counted(UnexpectedRowsQueryRowCount):
        """How many rows an unexpected-rows query selects, as the caller counts them."""

        metric_name = "unexpected_rows_query.row_count"

        @metric_value(engine=SqlAlchemyExecutionEngine)
        def _sqlalchemy(  # type: ignore[override]
            cls,
            execution_engine: Any,
            metric_domain_kwargs: Any,
            metric_value_kwargs: Any,
            **_: Any,
        ) -> int:
            return _counting[-1](cls._get_query_from_metric_value_kwargs(metric_value_kwargs))


@cache
def _register_dialect() -> None:
    from duckdb_engine import ConnectionWrapper, Dialect
    from sqlalchemy.dialects import registry
    from sqlalchemy.dialects.postgresql.psycopg2 import PGExecutionContext_psycopg2
    from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
    from sqlalchemy.pool import NullPool

    class Buffered(FullyBufferedCursorFetchStrategy):
        """Rows read while the connection was open; refuses to pretend that they are all."""

        __slots__ = ("complete",)

        def __init__(self, cursor: Any) -> None:
            rows = cursor.fetchmany(BUFFERED_ROWS + 1)
            self.complete = len(rows) <= BUFFERED_ROWS
            super().__init__(cursor.description, initial_buffer=rows[:BUFFERED_ROWS])

        def fetchall(self, result: Any, dbapi_cursor: Any) -> Any:
            if not self.complete:
                raise TooManyRowsError(f"a rule reads more than {BUFFERED_ROWS} rows")
            return super().fetchall(result, dbapi_cursor)

    class Context(PGExecutionContext_psycopg2):
        def post_exec(self) -> None:
            super().post_exec()
            if self.cursor.description:
                self.cursor_fetch_strategy = Buffered(self.cursor)

    class LentConnection(Dialect):
        """duckdb-engine's dialect over the connection that `run_suite` was given."""

        driver = URL_SCHEME
        execution_ctx_cls = Context
        supports_statement_cache = False

        def connect(self, *_args: Any, **_kwargs: Any) -> Any:
            return ConnectionWrapper(_lent[-1])

        @classmethod
        def get_pool_class(cls, url: Any) -> type[NullPool]:
            return NullPool

        # The caller's connection and its transaction are not GX's to end.
        def do_begin(self, connection: Any) -> None:
            pass

        def do_rollback(self, connection: Any) -> None:
            pass

        def do_commit(self, connection: Any) -> None:
            pass

        def do_close(self, connection: Any) -> None:
            pass

    registry.impls[URL_SCHEME] = lambda: LentConnection
