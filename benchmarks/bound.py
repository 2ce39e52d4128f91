"""The bound: the same steps in bare SQL, with nothing around it. ``python -m benchmarks.bound KIND STAGE FOLDER``.

The same tables, indexes, triggers, durability, chunks and pauses as the product has, and the same outcomes of rows; for
reading and for the result file what a good file needs, row by row with ``csv``; no Django, no progress, no lease, no
suggestions, no drift; of what is told of a plan, the numbers by certification, outcome and status alone. What must be
done, done once, as well as we know how. The product is measured against it in the same run.
"""

from __future__ import annotations

import csv
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.measuring import Watch

BATCH = 10_000
CHUNK_SECONDS, PAUSE, SMALLEST, LARGEST = 0.04, 0.005, 500, 10_000
"""As ``certremoval.removals.pace``."""

STAGED = "line bigint, certification_text text, user_text text"
RESOLVED = f"{STAGED}, certification_key bigint, user_key bigint, first_line bigint"
PLANNED = (
    f"{STAGED}, certification_key bigint, user_key bigint, outcome text, enrollment_id bigint, revision bigint,"
    " status text, related_line bigint"
)
JOIN_NAMES = """
    LEFT JOIN certifications c ON c.certification_id = s.certification_text
    LEFT JOIN users u ON u.user_id = s.user_text
"""
SAID = """
    CASE WHEN {of}certification_key IS NULL THEN {of}certification_text END,
    CASE WHEN {of}user_key IS NULL THEN {of}user_text END
"""
RESOLVE_ON_SQLITE = f"""
    INSERT INTO resolved (line, certification_text, user_text, certification_key, user_key)
    SELECT * FROM (
        SELECT s.line, s.certification_text, s.user_text, c.id AS certification_key, u.id AS user_key
        FROM staged s {JOIN_NAMES}
    )
    ORDER BY COALESCE(certification_key, 0) * 4294967296 + COALESCE(user_key, 0), certification_key, user_key,
             {SAID.format(of="")}, line
"""
REPEATS_ON_SQLITE = f"""
    SELECT COUNT(*) FROM resolved a CROSS JOIN resolved b ON b.rowid = a.rowid + 1
    WHERE b.user_key IS a.user_key AND b.certification_key IS a.certification_key
      AND ({SAID.format(of="b.")}) IS ({SAID.format(of="a.")})
"""
REPEATS_ON_POSTGRESQL = """
    CREATE TEMP TABLE repeated ON COMMIT DROP AS
    SELECT certification_text, user_text, MIN(line) AS first_line
    FROM staged GROUP BY certification_text, user_text HAVING COUNT(*) > 1
"""
RESOLVED_ON_POSTGRESQL = f"""
    (SELECT s.line, s.certification_text, s.user_text, c.id AS certification_key, u.id AS user_key, x.first_line
     FROM staged s {JOIN_NAMES}
     LEFT JOIN repeated x
     ON x.certification_text = s.certification_text AND x.user_text = s.user_text AND x.first_line < s.line)
"""
CLASSIFY = """
    SELECT r.line, r.certification_text, r.user_text, r.certification_key, r.user_key,
           CASE WHEN e.id IS NOT NULL THEN 'remove'
                WHEN r.first_line IS NOT NULL THEN 'duplicate'
                WHEN r.certification_key IS NULL THEN 'unknown_certification'
                WHEN r.user_key IS NULL THEN 'unknown_user'
                WHEN EXISTS (SELECT 1 FROM removal_records x
                             WHERE x.user_key = r.user_key AND x.certification_key = r.certification_key)
                THEN 'already_removed' ELSE 'not_enrolled' END AS outcome,
           e.id AS enrollment_id, e.revision, e.status, r.first_line AS related_line
    FROM {resolved} r
    LEFT JOIN enrollments e
    ON e.certification_id = r.certification_key AND e.user_id = r.user_key AND r.first_line IS NULL
"""
NAMES = (
    "line, certification_text, user_text, certification_key, user_key, outcome, enrollment_id, revision, status,"
    " related_line"
)
PLAN_ON_SQLITE = f"INSERT INTO planned ({NAMES}) {CLASSIFY.format(resolved='resolved')} ORDER BY r.rowid"
PLAN_ON_POSTGRESQL = f"""
    INSERT INTO planned
    SELECT ROW_NUMBER() OVER (ORDER BY enrollment_id), p.*
    FROM ({CLASSIFY.format(resolved=RESOLVED_ON_POSTGRESQL)}) p
"""
KEEP_ROWS = """
    INSERT INTO job_rows (
        job_id, plan_number, line, position, outcome, certification_text, user_text, certification_key, user_key,
        status, related_line
    )
    SELECT 1, 1, line, position, outcome, certification_text, user_text, certification_key, user_key, status,
           related_line
    FROM planned WHERE line > {after} AND line <= {up_to} ORDER BY line
"""
KEEP_STEPS = """
    INSERT INTO job_steps (job_id, plan_number, position, certification_key, user_key, enrollment_id, revision)
    SELECT 1, 1, position, certification_key, user_key, enrollment_id, revision
    FROM planned WHERE position > {after} AND position <= {up_to}
"""
RECORD = """
    INSERT INTO removal_records (
        operation_id, enrollment_id, revision, certification_key, certification_id, certification_title, user_key,
        user_id, user_name, status, version, period, identifier, assigned_date, due_date, certified_date,
        expiration_date, removed_at
    )
    SELECT 1, e.id, e.revision, c.id, c.certification_id, c.title, u.id, u.user_id,
           u.first_name || ' ' || u.last_name, e.status, e.version, e.period, e.identifier, e.assigned_date,
           e.due_date, e.certified_date, e.expiration_date, {now}
    FROM job_steps s
    {join} enrollments e ON e.id = s.enrollment_id AND e.revision = s.revision
    {join} users u ON u.id = e.user_id
    {join} certifications c ON c.id = e.certification_id
    WHERE {steps} ORDER BY s.position
"""
UNDO = """
    SELECT r.id AS record_id, r.certification_id, r.user_id, c.id AS certification_key, u.id AS user_key,
           r.enrollment_id, r.revision, r.status
    FROM removal_records r
    JOIN users u ON u.id = r.user_key
    JOIN certifications c ON c.id = r.certification_key
    LEFT JOIN restorations x ON x.record_id = r.id
    LEFT JOIN enrollments e ON e.certification_id = r.certification_key AND e.user_id = r.user_key
    WHERE r.operation_id = 1 AND x.id IS NULL AND e.id IS NULL
"""
UNDONE = """record_id bigint, certification_text text, user_text text, certification_key bigint,
    user_key bigint, enrollment_id bigint, revision bigint, status text"""
UNDO_NAMES = UNDONE.replace(" bigint", "").replace(" text", "")
PLAN_UNDO_ON_SQLITE = f"INSERT INTO planned_undo ({UNDO_NAMES}) {UNDO} ORDER BY r.id"
"""Lines in the order of the records, which is the order of work; both are the key that SQLite gives."""
PLAN_UNDO_ON_POSTGRESQL = f"""
    INSERT INTO planned_undo
    SELECT ROW_NUMBER() OVER (ORDER BY enrollment_id), ROW_NUMBER() OVER (ORDER BY record_id), p.*
    FROM ({UNDO}) p
"""
KEEP_UNDO_ROWS = """
    INSERT INTO job_rows (
        job_id, plan_number, line, position, outcome, certification_text, user_text, certification_key, user_key,
        status, record_id
    )
    SELECT 2, 1, {line}, position, 'restore', certification_text, user_text, certification_key, user_key, status,
           record_id
    FROM planned_undo WHERE {line} > {after} AND {line} <= {up_to} ORDER BY {line}
"""
KEEP_UNDO_STEPS = """
    INSERT INTO job_steps (job_id, plan_number, position, certification_key, user_key, enrollment_id, revision)
    SELECT 2, 1, position, certification_key, user_key, enrollment_id, revision
    FROM planned_undo WHERE position > {after} AND position <= {up_to}
"""
VALUES = "status, version, period, identifier, assigned_date, due_date, certified_date, expiration_date"
UNDO_RECORDS = "job_steps s {join} removal_records r ON r.enrollment_id = s.enrollment_id AND r.revision = s.revision"
UNDO_STEPS = "s.job_id = 2 AND s.plan_number = 1 AND s.position > {after} AND s.position <= {up_to}"
ENROLL = f"INSERT INTO enrollments (id, certification_id, user_id, {VALUES}, revision)"
ENROLLED = f"""
    SELECT r.enrollment_id, r.certification_key, r.user_key, {", ".join(f"r.{one}" for one in VALUES.split(", "))},
           r.revision + 1
"""
RESTORE = """
    INSERT INTO restorations (operation_id, record_id, enrollment_id, revision, restored_at)
    SELECT 1, r.id, r.enrollment_id, r.revision + 1, {now}
"""
STEPS = "s.job_id = 1 AND s.plan_number = 1 AND s.position > {after} AND s.position <= {up_to}"


def reading(folder: Path) -> None:
    """Read the two cells of each line with the standard library; see ``_lines``."""
    watch = Watch()
    with watch.stage("reading"):
        count = sum(1 for _ in _lines(folder))
    watch.tell(rows=count)


SIGNS = frozenset("=+-@\t\r")
"""How a cell begins that a spreadsheet would run: ``'`` is put before it."""


def _lines(folder: Path) -> Iterator[tuple[int, str, str]]:
    """Yield the line on which each row begins, and its two ids, as plainly as that can be written.

    Strict UTF-8 and quotation marks; the two columns found by their headings, missing cells empty; ids trimmed of
    space, and of the guard of a formula sign; rows in which nothing is filled in left out. Not here: other encodings
    and delimiters, characters without width, caps, cells beyond the headings, and words for what is wrong.
    """
    with (folder / "removal.csv").open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        headings = [heading.strip().casefold() for heading in next(reader)]
        at, user_at = headings.index("certification id"), headings.index("user id")
        above = reader.line_num
        for cells in reader:
            line, above = above + 1, reader.line_num
            certification = cells[at].strip() if at < len(cells) else ""
            user = cells[user_at].strip() if user_at < len(cells) else ""
            if not user and not "".join(cells).strip():
                continue
            if user[:1] == "'" and user.lstrip("'")[:1] in SIGNS:
                user = user[1:]
            yield line, certification, user


def _result_lines(folder: Path, outcomes: Any) -> None:
    """Write the file again, with the outcomes of each 5,000 lines that ``outcomes(first, last)`` returns.

    All columns as in the file, then the outcome and its words, and cells guarded that a spreadsheet would run. Not
    here: empty lines, cells of several lines, the person and the reason in the words, and what has changed since.
    """
    words = {"removed": ["removed", "Removed"], "not_enrolled": ["not_enrolled", "Not on this certification"]}
    with (
        (folder / "removal.csv").open(encoding="utf-8-sig", newline="") as file,
        (folder / "result.csv").open("w", encoding="utf-8-sig", newline="") as target,
    ):
        reader, writer = csv.reader(file, strict=True), csv.writer(target)
        header = next(reader)
        writer.writerow([*header, "Outcome", "Detail"])
        line = 1
        while batch := list(islice(reader, 5_000)):
            found = dict(outcomes(line + 1, line + len(batch)))
            writer.writerows(
                [
                    "'" + cell if cell[:1] in SIGNS else cell
                    for cell in (*row, *[""] * (len(header) - len(row)), *words[found[line + at]])
                ]
                for at, row in enumerate(batch, 1)
            )
            line += len(batch)


class Sqlite:
    """The steps on SQLite."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._db = sqlite3.connect(folder / "certremoval.sqlite3", isolation_level=None, timeout=30)
        self._db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;"
            "PRAGMA wal_autocheckpoint=96000; PRAGMA foreign_keys=ON;"
        )

    def planning(self) -> None:
        """Plan and keep."""
        db, watch = self._db, Watch()
        with watch.stage("planning"):
            db.execute("BEGIN DEFERRED")
            db.execute(f"CREATE TEMP TABLE staged ({STAGED.replace('line bigint', 'line INTEGER PRIMARY KEY')})")
            rows = iter(_lines(self._folder))
            while batch := list(islice(rows, BATCH)):
                db.executemany("INSERT INTO staged VALUES (?, ?, ?)", batch)
            db.execute(f"CREATE TEMP TABLE resolved ({RESOLVED})")
            db.execute(RESOLVE_ON_SQLITE)
            assert db.execute(REPEATS_ON_SQLITE).fetchone() == (0,), "the file of the benchmark names nobody twice"
            db.execute(f"CREATE TEMP TABLE planned (position INTEGER PRIMARY KEY, {PLANNED})")
            db.execute(PLAN_ON_SQLITE)
            db.execute("CREATE INDEX temp.planned_by_line ON planned (line)")
            counted = self._counted("planned", "certification_key, outcome, status")
            assert {outcome for _key, outcome, _status, _rows in counted} == {"remove"}, "and all are on"
            removals = sum(rows for *_which, rows in counted)
            db.execute("COMMIT")
        with watch.stage("keeping"):
            self._in_chunks(self._lines_above, KEEP_ROWS)
            self._in_chunks(lambda after, size: min(after + size, removals) if after < removals else None, KEEP_STEPS)
            db.execute("UPDATE jobs SET state = 'in_progress', remove_count = ? WHERE id = 1", (removals,))
        watch.tell(rows=removals)

    def _counted(self, table: str, columns: str) -> list[Any]:
        """Count rows by some columns without sorting them."""
        self._db.execute(f"CREATE TEMP TABLE counted ({columns}, row_count, PRIMARY KEY ({columns})) WITHOUT ROWID")
        self._db.execute(
            f"INSERT INTO counted SELECT {columns}, 1 FROM {table} WHERE true"
            " ON CONFLICT DO UPDATE SET row_count = row_count + 1"
        )
        return self._db.execute("SELECT * FROM counted").fetchall()

    def _lines_above(self, after: int, size: int) -> int | None:
        statement = "SELECT MAX(line) FROM (SELECT line FROM planned WHERE line > ? ORDER BY line LIMIT ?)"
        (last,) = self._db.execute(statement, (after, size)).fetchone()
        return None if last is None else int(last)

    def _in_chunks(self, reach: Any, statement: str) -> None:
        after, size = 0, 2_000
        while (up_to := reach(after, size)) is not None:
            began = time.monotonic()
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(statement.format(after=after, up_to=up_to))
            self._db.execute("COMMIT")
            after, size = up_to, _next_size(size, began)
            time.sleep(PAUSE)

    def processing(self) -> None:
        """Process: record and delete."""
        db, watch = self._db, Watch()
        with watch.stage("processing"):
            ((removals,),) = db.execute("SELECT remove_count FROM jobs WHERE id = 1")
            after, size = 0, 2_000
            while after < removals:
                began, up_to = time.monotonic(), min(after + size, removals)
                steps = STEPS.format(after=after, up_to=up_to)
                db.execute("BEGIN IMMEDIATE")
                now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
                recorded = db.execute(RECORD.format(join="CROSS JOIN", steps=steps, now=now)).rowcount
                deleted = db.execute(
                    f"DELETE FROM enrollments WHERE id IN (SELECT s.enrollment_id FROM job_steps s WHERE {steps})"
                ).rowcount
                assert recorded == deleted == up_to - after
                db.execute("UPDATE jobs SET checkpoint = ? WHERE id = 1", (up_to,))
                db.execute("COMMIT")
                after, size = up_to, _next_size(size, began)
                time.sleep(PAUSE)
        watch.tell(rows=removals)

    def restoring(self) -> None:
        """Plan, keep and process the undo."""
        db, watch = self._db, Watch()
        with watch.stage("undo planning"):
            db.execute("BEGIN DEFERRED")
            db.execute(f"CREATE TEMP TABLE planned_undo (position INTEGER PRIMARY KEY, {UNDONE})")
            db.execute(PLAN_UNDO_ON_SQLITE)
            rows = sum(rows for *_which, rows in self._counted("planned_undo", "certification_key, status"))
            db.execute("COMMIT")
            for statement in (KEEP_UNDO_ROWS, KEEP_UNDO_STEPS):
                self._in_chunks(
                    lambda after, size: min(after + size, rows) if after < rows else None,
                    statement.replace("{line}", "position"),
                )
        with watch.stage("undo processing"):
            after, size = 0, 2_000
            while after < rows:
                began, up_to = time.monotonic(), min(after + size, rows)
                records = UNDO_RECORDS.format(join="CROSS JOIN")
                db.execute("BEGIN IMMEDIATE")
                (last,) = db.execute("SELECT COALESCE(MAX(id), 0) FROM restorations").fetchone()
                restored = db.execute(
                    f"""{RESTORE.format(now="strftime('%Y-%m-%d %H:%M:%f', 'now')")} FROM {records}
                    WHERE {UNDO_STEPS.format(after=after, up_to=up_to)} ORDER BY s.position"""
                ).rowcount
                enrolled = db.execute(
                    f"""{ENROLL} {ENROLLED} FROM restorations x CROSS JOIN removal_records r ON r.id = x.record_id
                    WHERE x.id > ? ORDER BY x.id""",
                    (last,),
                ).rowcount
                assert enrolled == restored == up_to - after
                db.execute("UPDATE jobs SET checkpoint = ? WHERE id = 1", (up_to,))
                db.execute("COMMIT")
                after, size = up_to, _next_size(size, began)
                time.sleep(PAUSE)
        watch.tell(rows=rows)

    def result(self) -> None:
        """Write the result file."""
        watch = Watch()
        with watch.stage("result"):
            _result_lines(
                self._folder,
                lambda first, last: self._db.execute(
                    "SELECT r.line, CASE r.outcome WHEN 'remove' THEN 'removed' ELSE r.outcome END FROM job_rows r"
                    " WHERE r.job_id = 1 AND r.plan_number = 1 AND r.line BETWEEN ? AND ?",
                    (first, last),
                ),
            )
        watch.tell()


class Postgresql:
    """The steps on PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        import psycopg

        self._folder = folder
        self._db = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    def _run(self, statement: str) -> Any:
        return self._db.execute(statement.encode())

    def _counted(self, table: str, columns: str) -> list[Any]:
        found: list[Any] = self._run(f"SELECT {columns}, COUNT(*) FROM {table} GROUP BY {columns}").fetchall()
        return found

    def planning(self) -> None:
        """Plan and keep, in one transaction as the product does."""
        watch = Watch()
        with self._db.transaction():
            with watch.stage("planning"):
                self._run("SET LOCAL jit = off")
                self._run(f"CREATE TEMP TABLE staged ({STAGED}) ON COMMIT DROP")
                with self._db.cursor() as cursor, cursor.copy("COPY staged FROM STDIN") as copy:
                    for row in _lines(self._folder):
                        copy.write_row(row)
                self._run("ANALYZE staged")
                self._run(REPEATS_ON_POSTGRESQL)
                self._run("ANALYZE repeated")
                self._run(f"CREATE TEMP TABLE planned (position bigint, {PLANNED}) ON COMMIT DROP")
                self._run(PLAN_ON_POSTGRESQL)
                self._run("CREATE INDEX ON planned (line)")
                self._run("ANALYZE planned (position, line, outcome, certification_key, user_key)")
                counted = self._counted("planned", "certification_key, outcome, status")
                removals = sum(rows for _key, outcome, _status, rows in counted if outcome == "remove")
            with watch.stage("keeping"):
                everything = {"after": 0, "up_to": 2**62}
                self._run(KEEP_ROWS.format(**everything))
                self._run(KEEP_STEPS.format(after=0, up_to=removals))
                self._run("ANALYZE job_rows")
                self._run("ANALYZE job_steps")
                self._run(f"UPDATE jobs SET state = 'in_progress', remove_count = {removals} WHERE id = 1")
        watch.tell(rows=removals)

    def processing(self) -> None:
        """Process: lock, record and delete."""
        watch = Watch()
        with watch.stage("processing"):
            (removals,) = self._run("SELECT remove_count FROM jobs WHERE id = 1").fetchone()
            for after in range(0, removals, LARGEST):
                up_to = min(after + LARGEST, removals)
                steps = STEPS.format(after=after, up_to=up_to)
                record = RECORD.format(join="JOIN", steps=steps, now="statement_timestamp()")
                with self._db.transaction():
                    self._run(
                        "SELECT e.id FROM job_steps s JOIN enrollments e ON e.id = s.enrollment_id"
                        f" AND e.revision = s.revision WHERE {steps} ORDER BY e.id FOR UPDATE OF e"
                    )
                    done = self._run(
                        f"WITH recorded AS ({record} RETURNING enrollment_id),"
                        " deleted AS (DELETE FROM enrollments e USING recorded r WHERE e.id = r.enrollment_id"
                        " RETURNING e.id)"
                        " SELECT (SELECT COUNT(*) FROM recorded), (SELECT COUNT(*) FROM deleted)"
                    ).fetchone()
                    assert done == (up_to - after, up_to - after)
                    self._run(f"UPDATE jobs SET checkpoint = {up_to} WHERE id = 1")
            self._run("ANALYZE removal_records")
        watch.tell(rows=removals)

    def restoring(self) -> None:
        """Plan, keep and process the undo."""
        watch = Watch()
        with watch.stage("undo planning"), self._db.transaction():
            self._run("SET LOCAL jit = off")
            self._run(f"CREATE TEMP TABLE planned_undo (position bigint, line bigint, {UNDONE}) ON COMMIT DROP")
            self._run(PLAN_UNDO_ON_POSTGRESQL)
            self._run("CREATE INDEX ON planned_undo (line)")
            self._run("ANALYZE planned_undo (position, line, certification_key, user_key)")
            rows = sum(rows for *_which, rows in self._counted("planned_undo", "certification_key, status"))
            for statement in (KEEP_UNDO_ROWS, KEEP_UNDO_STEPS):
                self._run(statement.format(after=0, up_to=rows, line="line"))
            self._run("ANALYZE job_rows")
            self._run("ANALYZE job_steps")
        with watch.stage("undo processing"):
            for after in range(0, rows, LARGEST):
                up_to = min(after + LARGEST, rows)
                of_steps = f"""FROM {UNDO_RECORDS.format(join="JOIN")}
                    WHERE {UNDO_STEPS.format(after=after, up_to=up_to)} ORDER BY s.position"""
                with self._db.transaction():
                    enrolled = self._run(f"{ENROLL} {ENROLLED} {of_steps}").rowcount
                    restored = self._run(f"{RESTORE.format(now='statement_timestamp()')} {of_steps}").rowcount
                    assert enrolled == restored == up_to - after
                    self._run(f"UPDATE jobs SET checkpoint = {up_to} WHERE id = 1")
            self._run("ANALYZE restorations")
        watch.tell(rows=rows)

    def result(self) -> None:
        """Write the result file."""
        watch = Watch()
        with watch.stage("result"):
            _result_lines(
                self._folder,
                lambda first, last: self._run(
                    "SELECT r.line, CASE r.outcome WHEN 'remove' THEN 'removed' ELSE r.outcome END FROM job_rows r"
                    f" WHERE r.job_id = 1 AND r.plan_number = 1 AND r.line BETWEEN {first} AND {last}"
                ).fetchall(),
            )
        watch.tell()


def prepare() -> None:
    """Make the job that the steps belong to; nothing of it is measured."""
    import django

    django.setup()
    from certremoval.certifications.models import Operation
    from certremoval.database.clock import database_now
    from certremoval.organization.models import User
    from certremoval.removals.models import Job, JobState

    actor = User.objects.get(user_id="admin")
    operation = Operation.objects.create(
        id=1,
        kind=Operation.Kind.REMOVAL,
        title="Bound",
        actor=actor,
        actor_user_id=actor.user_id,
        actor_name=actor.full_name,
        created_at=database_now(),
    )
    Job.objects.create(id=1, operation=operation, state=JobState.CHECKING, options={})
    Watch().tell()


def _next_size(size: int, began: float) -> int:
    factor = min(max(CHUNK_SECONDS / max(time.monotonic() - began, 0.001), 0.5), 1.5)
    return min(max(int(size * factor), SMALLEST), LARGEST)


if __name__ == "__main__":
    _kind, _stage, _folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    if _stage == "prepare":
        prepare()
    elif _stage == "reading":
        reading(_folder)
    else:
        getattr((Sqlite if _kind == "sqlite" else Postgresql)(_folder), _stage)()
