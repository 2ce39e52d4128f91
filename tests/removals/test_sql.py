"""The engine's SQL, a module at a time: the rows are spelled out, and hold in both dialects."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, transaction

from certremoval.certifications.models import Enrollment, RemovalRecord, Restoration
from certremoval.organization.models import User
from certremoval.removals.models import Job, JobDrift, JobRow, JobStep
from certremoval.removals.sql import advance, keep, lease, read, summarise
from certremoval.removals.sql.classify import PLANNED_OUTCOMES, classify_rows
from certremoval.removals.sql.recall import chosen_without_a_row, recall_rows, warnings
from certremoval.removals.sql.remove import ChunkCounts, remove_chunk
from certremoval.removals.sql.restore import restore_chunk
from certremoval.removals.sql.stage import COLUMNS, PLAIN_COLUMNS, stage_rows
from certremoval.removals.sql.suggest import rows_to_guess, suggest
from certremoval.removals.undoing import undo_job
from tests.removals.conftest import (
    FORKLIFT,
    certification,
    enroll,
    make_unit,
    make_user,
    people,
    removal_file,
    remove,
    run,
)

pytestmark = pytest.mark.django_db

LOTO = "LOTO"


def rows_of(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


StagedRow = tuple[int, str, str, str, str, str]


def classified(*rows: StagedRow, **options: Any) -> None:
    """Stage and classify rows, with the columns alone that are needed for them, as reading does."""
    columns = COLUMNS if any("".join(told) for _line, _certification, _user, *told in rows) else PLAIN_COLUMNS
    staged = stage_rows([(columns, [row[: len(columns)] for row in rows])])
    assert staged.anything_told == (columns == COLUMNS)
    defaults: dict[str, Any] = {
        "anything_told": staged.anything_told,
        "match": "user_id",
        "certification": None,
        "left_out_users": (),
        "left_out_statuses": (),
        "left_out_units": (),
    }
    classify_rows(**{**defaults, **options})


def row(line: int, certification_id: str, user: str) -> StagedRow:
    return line, certification_id, user, "", "", ""


def test_stage() -> None:
    rows: list[StagedRow] = [
        (2, FORKLIFT, "Ana@x", "ana@x", "", ""),
        (5, "", "\u00fc\U0001f692\t\\N", "x", "blank", '{"cell": "certification"}'),
        (10**12, "C", "'; DROP TABLE users", "", "invalid", ""),
    ]

    batches = [(COLUMNS, rows[:1]), (COLUMNS, rows[1:])]
    assert stage_rows([*batches, (PLAIN_COLUMNS, [(7, "C", "U")])]) == (4, True)
    assert rows_of("SELECT certification_text, user_text, user_key, fault, detail FROM staged_rows WHERE line = 7") == [
        ("C", "U", "", "", "")
    ]
    assert stage_rows([(PLAIN_COLUMNS, [(7, "C", "U")])]) == (1, False)
    assert stage_rows(iter(batches)) == (3, True)  # anew: what was staged before is gone

    assert rows_of(
        "SELECT line, certification_text, user_text, user_key, fault, detail FROM staged_rows ORDER BY line"
    ) == [*rows]


def test_classify() -> None:
    enroll(FORKLIFT, "ON", "UNIT", "STATUS", "USER", status="Certified")
    Enrollment.objects.filter(user__user_id="STATUS").update(status="Revoked")
    unit = make_unit("Division", "D", "UNIT", "USER", "STATUS")
    certification(LOTO)
    off = make_user("OFF")
    record = RemovalRecord.objects.create(
        operation_id=1,
        enrollment_id=999,
        revision=1,
        certification_key=certification(LOTO).pk,
        user_key=off.pk,
        removed_at="2026-05-03T00:00:00Z",
    )

    classified(
        (2, FORKLIFT, "", "", "blank", '{"cell": "user"}'),
        (3, FORKLIFT, "ON", "", "invalid", '{"cell": "surplus"}'),
        row(4, FORKLIFT, "ON"),
        row(5, FORKLIFT, "ON"),
        row(6, "NONE", "ON"),
        row(7, FORKLIFT, "NOBODY"),
        row(8, LOTO, "OFF"),
        row(9, FORKLIFT, "OFF"),
        row(10, FORKLIFT, "UNIT"),
        row(11, FORKLIFT, "STATUS"),
        row(12, FORKLIFT, "USER"),
        left_out_users=[User.objects.get(user_id="USER").pk],
        left_out_statuses=["Revoked"],
        left_out_units=[(unit.pk, '{"choice": "unit"}')],
    )

    assert rows_of(
        "SELECT position, line, outcome, status, related_line, record_id, suggestion, detail"
        " FROM planned_rows ORDER BY position"
    ) == [
        (1, 4, "remove", "Certified", None, None, None, None),
        (2, 10, "left_out", "Certified", None, None, None, '{"choice": "unit"}'),
        (3, 11, "left_out", "Revoked", None, None, None, '{"choice": "status"}'),
        (4, 12, "left_out", "Certified", None, None, None, '{"choice": "user"}'),
        (5, 8, "already_removed", None, None, record.pk, None, None),
        (6, 9, "not_enrolled", None, None, None, None, None),
        (7, 7, "unknown_user", None, None, None, None, None),
        (8, 6, "unknown_certification", None, None, None, None, None),
        (9, 5, "duplicate", None, 4, None, None, None),
        (10, 3, "invalid", None, None, None, None, '{"cell": "surplus"}'),
        (11, 2, "blank", None, None, None, None, '{"cell": "user"}'),
    ]


@pytest.mark.parametrize("match", ["user_id", "email", "username"])
def test_classify_numbers_removals_along_an_index(match: str) -> None:
    """By certification and user on SQLite, by enrollment id on PostgreSQL, never in the order of the file."""
    ids = ["A", "B", "C", "D"]
    for user_id in ids:
        make_user(user_id, email=user_id, username=user_id)
    certification("Z-FIRST")
    enroll(LOTO, "D", "B", "C")
    enroll("Z-FIRST", "C", "A", "D")
    pairs = [(LOTO, "C"), ("Z-FIRST", "D"), (LOTO, "B"), ("Z-FIRST", "A"), ("Z-FIRST", "C"), (LOTO, "D")]

    classified(
        *(
            (line, of, user, user.lower() if match == "email" else "", "", "")
            for line, (of, user) in enumerate(pairs, 2)
        ),
        match=match,
    )

    along = "certification_key, user_key" if connection.vendor == "sqlite" else "enrollment_id"
    found = rows_of("SELECT position, certification_text, user_text FROM planned_rows ORDER BY position")
    assert [position for position, _, _ in found] == [1, 2, 3, 4, 5, 6]
    assert found == rows_of(f"SELECT position, certification_text, user_text FROM planned_rows ORDER BY {along}")
    assert [(of, user) for _, of, user in found] == (
        [("Z-FIRST", "A"), ("Z-FIRST", "C"), ("Z-FIRST", "D"), (LOTO, "B"), (LOTO, "C"), (LOTO, "D")]
        if connection.vendor == "sqlite"
        else [(LOTO, "D"), (LOTO, "B"), (LOTO, "C"), ("Z-FIRST", "C"), ("Z-FIRST", "A"), ("Z-FIRST", "D")]
    )


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="by enrollment id on PostgreSQL")
def test_classify_numbers_removals_along_the_index_with_keys_beyond_32_bits() -> None:
    """The steps are searched by halving, so their order is more than a matter of speed."""
    for user_id, key in (("FAR", 2**32 + 5), ("NEAR", 3)):
        User.objects.create(pk=key, user_id=user_id)
    enroll("Z-FIRST", "FAR")
    enroll(LOTO, "NEAR")

    classified(row(2, LOTO, "NEAR"), row(3, "Z-FIRST", "FAR"))

    assert rows_of("SELECT user_text FROM planned_rows ORDER BY position") == [("FAR",), ("NEAR",)]


def test_the_first_outcome_of_positions_is_remove() -> None:
    assert PLANNED_OUTCOMES[0] == "remove"


def test_suggest() -> None:
    enroll(FORKLIFT, "000123", "12345", "12399", "AB", "ab")
    classified(
        row(2, FORKLIFT, "x1"),
        row(3, FORKLIFT, "x2"),
        row(4, FORKLIFT, "x3"),
        row(5, FORKLIFT, "x4"),
        row(6, FORKLIFT, "000123"),
        row(7, "NONE", "x5"),
    )
    assert [(outcome, text) for _, outcome, text, _ in rows_to_guess()] == [
        ("unknown_user", "x1"),
        ("unknown_user", "x2"),
        ("unknown_user", "x3"),
        ("unknown_user", "x4"),
    ]
    at = dict(rows_of("SELECT user_text, position FROM planned_rows"))

    suggest(
        [
            (at["x1"], "lookalike", "123", ""),
            (at["x2"], "range", "12340", "12349"),
            (at["x3"], "range", "12300", "12399"),
            (at["x4"], "id", "AB", ""),
        ]
    )

    assert rows_of("SELECT user_text, suggestion FROM planned_rows ORDER BY line") == [
        ("x1", "000123"),
        ("x2", "12345"),
        ("x3", None),
        ("x4", "AB"),
        ("000123", None),
        ("x5", None),
    ]


def test_summarise() -> None:
    (root_on,) = enroll("B", "A-1", status="Expired")
    enroll("A", "A-1", "A-2", status="Certified")
    certification("C", "Nobody on it")
    make_user("A-3")
    classified(
        row(2, "B", "A-1"),
        row(3, "A", "A-1"),
        row(4, "A", "A-2"),
        row(5, "C", "A-1"),
        row(6, "NONE-2", "A-1"),
        row(7, "NONE-1", "A-1"),
        row(8, "NONE-1", "A-2"),
        (9, "A", "7", "7", "invalid", '{"cell": "user"}'),
    )

    summarise.count_rows()
    assert summarise.outcomes() == {"remove": 3, "not_enrolled": 1, "unknown_certification": 3, "invalid": 1}
    assert summarise.people_key().startswith("4-")
    assert list(summarise.statuses().items()) == [("Certified", 2), ("Expired", 1)]
    assert summarise.certifications(limit=2) == (3, [("A", "Title of A", 2), ("B", "Title of B", 1)])
    assert summarise.concerns_user(root_on.user_id)
    assert not summarise.concerns_user(User.objects.get(user_id="A-3").pk)
    assert summarise.rows_of_unknown_certification("NONE-1") == 2
    assert summarise.unknown_certifications(limit=5) == ["NONE-1", "NONE-2"]
    assert summarise.unknown_certifications(limit=1) == ["NONE-1"]
    assert summarise.invalid_details(limit=5) == ['{"cell": "user"}']
    summarise.suggest_certification("NONE-1", "A")
    summarise.suggest_for_invalid('{"cell": "user"}', "A-2")
    assert rows_of("SELECT line, suggestion FROM planned_rows WHERE suggestion IS NOT NULL ORDER BY line") == [
        (7, "A"),
        (8, "A"),
        (9, "A-2"),
    ]


def test_keep() -> None:
    on = enroll(FORKLIFT, "A", "B", "C")
    classified(*(row(line, FORKLIFT, user) for line, user in ((3, "C"), (5, "X"), (9, "A"), (10, "B"))))

    assert [keep.last_line(after=after, size=2) for after in (0, 5, 10)] == [5, 10, None]
    keep.keep_rows(job=7, plan=2, after=0, up_to=5)
    assert list(JobRow.objects.order_by("line").values_list("job_id", "plan_number", "line")) == [(7, 2, 3), (7, 2, 5)]
    keep.keep_rows(job=7, plan=2, after=5, up_to=keep.NO_END)
    keep.keep_steps(job=7, plan=2, after=0, up_to=2)
    keep.keep_steps(job=7, plan=2, after=2, up_to=3)

    assert list(JobRow.objects.order_by("line").values_list("line", "position", "outcome", "user_text", "status")) == [
        (3, 3, "remove", "C", "Certified"),
        (5, 4, "unknown_user", "X", None),
        (9, 1, "remove", "A", "Certified"),
        (10, 2, "remove", "B", "Certified"),
    ]
    assert list(JobStep.objects.order_by("position").values_list("position", "enrollment_id", "revision")) == [
        (number, one.pk, 1) for number, one in enumerate(on, 1)
    ]

    keep.keep_rows(job=7, plan=3, after=0, up_to=3)
    keep.keep_rows(job=8, plan=2, after=0, up_to=3)
    assert [keep.next_plan(job=7, after=after) for after in (0, 2, 3)] == [2, 3, None]
    deleted = []
    while count := keep.delete_plan_rows(job=7, plan=2, size=2):
        deleted.append(count)
    assert deleted == [4, 3]
    assert keep.next_plan(job=7, after=0) == 3
    assert JobRow.objects.filter(job_id=8).count() == 1
    assert not JobStep.objects.exists()


def test_keep_certifications(root: User) -> None:
    job = remove_nobody(root)
    enroll("B", "A-1")
    enroll("A", "A-1")
    certification("C")
    classified(row(2, "B", "A-1"), row(3, "A", "A-1"), row(4, "A", "X"), row(5, "C", "A-1"), row(6, "NONE", "A-1"))

    summarise.count_rows()
    for _ in range(2):  # anew
        keep.keep_certifications(job=job.pk)

    kept = job.certifications.order_by("certification_id")
    assert list(kept.values_list("certification_id", "title", "planned", "removed")) == [
        ("A", "Title of A", 1, 0),
        ("B", "Title of B", 1, 0),
        ("C", "Title of C", 0, 0),
    ]


def remove_nobody(root: User) -> Job:
    enroll("ELSEWHERE", "E-1")
    return remove(root, people("E-1", on="ELSEWHERE"), leave_out_users=("E-1",))


def test_read(root: User) -> None:
    make_user("K-2", "Jon Bell")
    make_user("000123", "Ana Ruiz")
    enroll(FORKLIFT, "K-1", "000123")
    rows = [(FORKLIFT, "K-2"), (FORKLIFT, "K-1"), (FORKLIFT, "123"), (FORKLIFT, "K-1")]
    job = remove(root, removal_file(rows), skip_problems=True)
    JobDrift.objects.create(job_id=job.pk, position=1, outcome="gone_since_preview")

    found = read.named_rows(
        "job_rows", where="r.job_id = %(job)s AND r.line >= %(first)s", job=job.pk, limit=3, first=3
    )

    title, on = f"Title of {FORKLIFT}", certification().pk
    key = User.objects.get(user_id="K-1").pk
    person = (key, "K-1", "K-1")
    nobody, gone = (None, None, None), "gone_since_preview"
    assert found == [
        (
            1,
            3,
            "remove",
            FORKLIFT,
            "K-1",
            "Certified",
            None,
            None,
            None,
            *person,
            title,
            None,
            None,
            gone,
            on,
        ),
        (3, 4, "unknown_user", FORKLIFT, "123", None, None, "000123", None, *nobody, title, "Ana Ruiz", None, None, on),
        (4, 5, "duplicate", FORKLIFT, "K-1", None, 3, None, None, *person, title, None, None, None, on),
    ]


def test_rows_not_removed_and_lines(root: User) -> None:
    enroll(FORKLIFT, "K-1", "K-2", "K-3")
    file = f"User ID,Certification ID\nNOBODY,{FORKLIFT}\nK-1,{FORKLIFT}\n\nK-2,{FORKLIFT}\nK-3,{FORKLIFT}\n"
    job = remove(root, BytesIO(file.encode()), skip_problems=True)
    first, second, third = JobRow.objects.filter(outcome="remove").order_by("line").values_list("position", flat=True)
    JobDrift.objects.create(job_id=job.pk, position=second, outcome="gone_since_preview")

    def not_removed(checkpoint: int) -> list[int]:
        found = read.rows_not_removed(job=job.pk, plan=1, checkpoint=checkpoint, first=2, last=9)
        return sorted(line for line, *_ in found)

    assert not_removed(0) == [2, 3, 5, 6]
    assert not_removed(3) == [2, 5]
    assert sorted(read.rows_not_removed(job=job.pk, plan=1, checkpoint=3, first=2, last=5)) == [
        (2, 4, "unknown_user", None),
        (5, second, "remove", "gone_since_preview"),
    ]

    def lines(first: int, last: int) -> list[int]:
        return sorted(read.lines_of_job(job=job.pk, plan=1, first=first, last=last))

    assert [lines(2, 3), lines(2, 9), lines(4, 4), lines(5, 99)] == [[2, 3], [2, 3, 5, 6], [], [5, 6]]
    assert sorted([first, second, third]) == [1, 2, 3]


def test_remove(root: User) -> None:
    kept, changed, gone, again = enroll(FORKLIFT, "SAME", "CHANGED", "GONE", "AGAIN", version="2", period="2026")
    job = remove(root, people("SAME", "CHANGED", "GONE", "AGAIN"))
    Enrollment.objects.filter(pk=changed.pk).update(status="Expired")
    gone.delete()
    again.delete()
    enroll(FORKLIFT, "AGAIN")

    keys = {"job": job.pk, "plan": 1, "operation": job.operation_id}
    with transaction.atomic():
        counts = [remove_chunk(**keys, after=0, up_to=3), remove_chunk(**keys, after=3, up_to=4)]

    assert counts == [ChunkCounts(done=1, changed=1, gone=1), ChunkCounts(done=0, changed=1, gone=0)]
    (record,) = RemovalRecord.objects.all()
    assert (record.operation_id, record.enrollment_id, record.revision) == (job.operation_id, kept.pk, 1)
    assert (record.certification_id, record.user_id, record.user_name) == (FORKLIFT, "SAME", "SAME")
    assert (record.status, record.version, record.period, record.due_date) == ("Certified", "2", "2026", None)
    assert list(JobDrift.objects.order_by("position").values_list("position", "outcome")) == [
        (2, "changed_since_preview"),
        (3, "gone_since_preview"),
        (4, "changed_since_preview"),
    ]
    assert sorted(Enrollment.objects.values_list("user__user_id", flat=True)) == ["AGAIN", "CHANGED"]
    assert list(job.certifications.values_list("planned", "removed")) == [(4, 1)]


def test_recall_and_restore(root: User) -> None:
    day = date(2026, 5, 3)
    enroll(FORKLIFT, "BACK", version="2", period="2026", expiration_date=day)
    enroll(FORKLIFT, "AGAIN", "GONE", "TWICE")
    job = run(remove(root, people("TWICE", "AGAIN", "BACK", "GONE")))
    records = {record.user_id: record for record in RemovalRecord.objects.all()}
    recall_rows(operation=job.operation_id, users=["BACK", "NOBODY"], record=None, today=day)
    assert rows_of("SELECT position, outcome, user_text, detail FROM planned_rows") == [(1, "restore", "BACK", None)]
    assert chosen_without_a_row() == ["NOBODY"]
    recall_rows(operation=job.operation_id, users=None, record=records["AGAIN"].pk, today=day)
    assert rows_of("SELECT user_text FROM planned_rows") == [("AGAIN",)]

    User.objects.filter(user_id="GONE").delete()
    recall_rows(operation=job.operation_id, users=None, record=None, today=day + timedelta(days=1))
    assert rows_of("SELECT user_text, outcome, detail FROM planned_rows ORDER BY user_text") == [
        ("AGAIN", "restore", None),
        ("BACK", "restore", '{"expired": true}'),
        ("GONE", "unknown_user", None),
        ("TWICE", "restore", None),
    ]
    assert warnings() == {"expired": 1}

    undo, twice = undo_job(root, job.pk), undo_job(root, job.pk, users=["TWICE"])
    enroll(FORKLIFT, "AGAIN")
    with transaction.atomic():
        keys = {"job": twice.pk, "plan": 1, "operation": twice.operation_id}
        assert restore_chunk(**keys, after=0, up_to=1) == ChunkCounts(done=1, changed=0, gone=0)
        keys = {"job": undo.pk, "plan": 1, "operation": undo.operation_id}
        assert restore_chunk(**keys, after=0, up_to=3) == ChunkCounts(done=1, changed=2, gone=0)

    (back,) = Restoration.objects.filter(operation_id=undo.operation_id)
    record = records["BACK"]
    assert (back.record_id, back.enrollment_id, back.revision) == (record.pk, record.enrollment_id, record.revision + 1)
    on = Enrollment.objects.get(pk=record.enrollment_id)
    assert (on.status, on.version, on.period, on.expiration_date, on.revision) == ("Certified", "2", "2026", day, 2)
    left_alone = JobDrift.objects.order_by("outcome").values_list("job_id", "outcome")
    assert list(left_alone) == [(undo.pk, "already_restored"), (undo.pk, "enrolled_again")]
    assert read.left_alone(job=undo.pk, checkpoint=3) == [("already_restored", 1), ("enrolled_again", 1)]
    assert list(undo.certifications.values_list("planned", "removed")) == [(3, 1)]


def test_lease_and_advance(root: User) -> None:
    enroll(FORKLIFT, "A", "B", "C")
    first, second = remove(root, people("A", "B")), remove(root, people("C"))

    assert lease.job_waits()
    held = lease.claim(secrets.token_hex(16))
    assert held is not None
    assert (held.job_id, held.attempts) == (first.pk, 1)
    assert lease.claim("x" * 32, job=first.pk) is None
    other = lease.claim("y" * 32, job=second.pk)
    assert other is not None
    assert not lease.job_waits()
    assert lease.renew(held, state="in_progress")
    assert not lease.renew(held, state="checking")
    lease.release(other)
    assert lease.job_waits()

    locked = advance.lock_job(held)
    assert locked == advance.LockedJob(
        operation_id=first.operation_id, kind="removal", plan_number=1, remove_count=2, checkpoint=0, new_changes=0
    )
    assert advance.lock_job(other) is None
    advance.advance(held, checkpoint=2, changed=1, gone=0)
    advance.finish(held)
    first.refresh_from_db()
    assert (first.state, first.checkpoint, first.changed_count, first.lease_token) == ("processed", 2, 1, None)
    assert first.ended_at is not None
