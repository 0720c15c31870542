"""Dagster's event log on SQLite, with its connections kept open.

Dagster's own storage opens the file anew for every event and waits for the disk at each: on a run
of some thousand events that is a fifth of the time. Files and tables are Dagster's own, so an
instance may change between the two. With `synchronous = NORMAL` in WAL mode a killed process
loses nothing; a power cut may lose the last events, never the file.
"""

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as db
from dagster import Field, StringSource
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool, StaticPool

# Runs whose files stay open: the index, the run that writes, and what the UI looks at.
KEPT = 8
# Where Dagster keeps its events under its home.
OWN = ("history", "runs")


class KeptOpenEventLog(SqliteEventLogStorage):
    """`SqliteEventLogStorage` with one open connection per file.

    `base_dir` in `dagster.yaml` may be left out: then it is where Dagster's own would be, so that
    a barn can be copied with its history. Raises KeyError if there is no `DAGSTER_HOME` then.
    """

    def __init__(self, base_dir: str, inst_data: Any = None):
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> Any:
        """What `dagster.yaml` may say."""
        return {"base_dir": Field(StringSource, is_required=False)}

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "KeptOpenEventLog":
        """As Dagster makes it from `dagster.yaml`."""
        folder = config_value.get("base_dir")
        return cls(folder or os.path.join(os.environ["DAGSTER_HOME"], *OWN), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            with engine.connect() as con, con.begin():
                yield con

    def _engine(self, shard: str) -> Engine:
        """The open engine of a file; the lock is held."""
        engine = self._engines.get(shard)
        # A file that was deleted under us is made anew, as Dagster would.
        if engine is not None and os.path.exists(self.path_for_shard(shard)):
            self._engines.move_to_end(shard)
            return engine
        self._close(shard)
        address = self.conn_string_for_shard(shard)
        patient = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
        if shard not in self._initialized_dbs or not os.path.exists(self.path_for_shard(shard)):
            first = create_engine(address, poolclass=NullPool, connect_args=patient)
            self._initdb(first)
            first.dispose()
            self._initialized_dbs.add(shard)
        # One connection for all threads: the lock lets in one at a time.
        engine = create_engine(
            address, poolclass=StaticPool, connect_args={**patient, "check_same_thread": False}
        )
        db.event.listen(engine, "connect", _quicker)
        self._engines[shard] = engine
        while len(self._engines) > KEPT:
            self._close(next(iter(self._engines)))
        return engine

    def _close(self, shard: str) -> None:
        engine = self._engines.pop(shard, None)
        if engine is not None:
            engine.dispose()

    def _close_all(self) -> None:
        with self._db_lock:
            for shard in list(self._engines):
                self._close(shard)

    def wipe(self) -> None:
        """Delete all events."""
        self._close_all()
        super().wipe()

    def dispose(self) -> None:
        """Close all files."""
        super().dispose()
        self._close_all()


def _quicker(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")
