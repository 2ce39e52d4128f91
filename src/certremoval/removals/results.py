"""The administrator's own file again: with what became of each line, or only the lines that are to be put right."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from django.utils.translation import gettext as _

from certremoval.policy.file_limits import file_limits
from certremoval.problems import NothingToDo, Purged
from certremoval.reading import Limits, SuspectCell, csv_pieces, trim_id
from certremoval.removals.files import PIECE_BYTES, open_stored_file
from certremoval.removals.lines import (
    detail_words,
    job_lines_after,
    job_lines_to_explain,
    outcome_now,
    restored_words,
    title_of_given,
)
from certremoval.removals.models import Job, StoredFile
from certremoval.removals.options import PlanOptions
from certremoval.removals.purged import require_details
from certremoval.removals.rows import CERTIFICATION_COLUMN, USER_COLUMN, RemovalRows, open_removal_table
from certremoval.removals.sql.read import last_line_of, lines_of_job, rows_not_removed
from certremoval.removals.words import OUTCOME_WORDS, REFUSING_OUTCOMES

RESULT_COLUMNS = ("Outcome", "Detail")
NAME_COLUMN = "Name"
ROWS_AT_A_TIME = 5_000


def result_file(job: Job) -> Iterator[bytes]:
    """Yield the result file of a job as it is now: CSV, UTF-8 with BOM, comma, CRLF.

    The columns as uploaded, in file order, then ``Outcome`` (the code) and ``Detail`` (the words); former columns of
    these names at the end are replaced, so that a result file can be fixed and sent again. Cells beyond the last
    heading follow, so that nothing of the file is lost. Each batch is a query of its own. Raises Purged before the
    first byte if the file is no longer kept. An undo has no file: its rows are people, with ids, name and outcome.
    """
    require_details(job)
    if job.restores:
        return csv_pieces(_restored_rows(job))
    return csv_pieces(_result_rows(job, kept_file(job), _results_between))


def problems_file(job: Job) -> Iterator[bytes]:
    """Yield the lines of a job's file that refuse it, as a file ready to fix and to be sent again.

    It has the form of the result file, and ends with the last such line. Raises Purged before the first byte if the
    file is no longer kept.
    """
    file = kept_file(job)
    last = last_line_of(job=job.id, plan=job.plan_number, outcomes=REFUSING_OUTCOMES)
    return csv_pieces(_result_rows(job, file, _problems_between, only_explained=True, last=last))


def file_as_uploaded(job: Job) -> Iterator[bytes]:
    """Yield the very bytes that were uploaded. Raises Purged before the first one if they are no longer kept."""
    return _pieces(kept_file(job))


def kept_file(job: Job) -> StoredFile:
    """Return the job's file. Raises Purged if it is no longer kept, NothingToDo if an undo has none."""
    if job.restores:
        raise NothingToDo(_("An undo has no file. Its result names each person."))
    require_details(job)
    if job.file is None:
        raise Purged(_("The uploaded file has been deleted, since its retention time has passed."))
    return job.file


def _pieces(file: StoredFile) -> Iterator[bytes]:
    with open_stored_file(file) as source:
        while piece := source.read(PIECE_BYTES):
            yield piece


def _restored_rows(job: Job) -> Iterator[list[str]]:
    """Yield what became of each person of an undo, in the order in which they were removed."""
    yield [CERTIFICATION_COLUMN, USER_COLUMN, NAME_COLUMN, *RESULT_COLUMNS]
    after, left = 0, job.row_count
    while lines := job_lines_after(job, after, limit=ROWS_AT_A_TIME):
        for line in lines:
            outcome = outcome_now(job, planned=line.outcome, position=line.position, drift=line.drift)
            name = line.user_name or ""
            yield [line.certification_text, line.user_text, name, outcome, restored_words(line, outcome)]
        after, left = lines[-1].line, left - len(lines)
    if left:
        _require_not_purged_since(job)


def _require_not_purged_since(job: Job) -> None:
    """Raise Purged if a job was purged while its lines were read: a file that lacks some must not look whole."""
    now = Job.objects.select_related("operation").filter(pk=job.pk).first()
    if now is not None:
        require_details(now)


_Result = list[str]
"""Outcome and words of one line."""
_Results = Callable[[Job, PlanOptions, str, int, int], dict[int, _Result]]


def _result_rows(
    job: Job,
    file: StoredFile,
    results_between: _Results,
    *,
    only_explained: bool = False,
    last: int | None = None,
) -> Iterator[list[str]]:
    """Yield the header, then the rows up to line ``last`` with their results; or only those that have one."""
    batches = _result_batches(job, file, results_between, only_explained=only_explained, last=last)
    return chain.from_iterable(batches)


def _result_batches(
    job: Job, file: StoredFile, results_between: _Results, *, only_explained: bool, last: int | None
) -> Iterator[list[list[str]]]:
    options = PlanOptions.from_json(job.options)
    with open_stored_file(file) as source:
        table = open_removal_table(source, name=file.name, options=options, limits=_limits_of_taken(job, file))
        kept, width = _widths(table.header)
        needed = RemovalRows(table, options).needed_columns
        given_title = title_of_given(options)
        yield [[*table.header[:kept], *RESULT_COLUMNS]]
        results: dict[int, _Result] = {}
        known_to, no_result = 0, [] if only_explained else ["", ""]
        for lines, cells in table.batches():
            if last is not None and lines[0] > last:
                return
            if lines[-1] > known_to:
                known_to = max(lines[0] + ROWS_AT_A_TIME - 1, lines[-1])
                results = results_between(job, options, given_title, lines[0], known_to)
            if not only_explained and not all(map(results.__contains__, lines)):
                _require_not_purged_since(job)
            if table.format != "csv":
                cells = [_as_text(row, needed) for row in cells]
            found = ((row, results.get(line, no_result)) for line, row in zip(lines, cells, strict=True))
            yield [
                row + result if len(row) == kept else _in_their_place(row, result, kept, width)
                for row, result in found
                if result or not only_explained
            ]


def _in_their_place(cells: list[str], result: _Result, kept: int, width: int) -> list[str]:
    """Return a row with its result after ``kept`` columns; what is beyond the ``width`` of the headings follows."""
    missing = [""] * (kept - len(cells))
    return [*cells[:kept], *missing, *result, *cells[width:]]


def _limits_of_taken(job: Job, file: StoredFile) -> Limits:
    """Return limits that a file passes which was taken once, although a smaller one may have been set since."""
    now = file_limits()
    return replace(now, max_file_bytes=max(now.max_file_bytes, file.size), max_rows=max(now.max_rows, job.row_count))


def _as_text(cells: list[str], ids: Collection[int]) -> list[str]:
    """Return cells for the result file; those of ``ids`` keep the sheet's doubt about them.

    A cell that shows 000123 and holds 123 is no usable id. As plain text it would become one when the file is sent
    back: a silent repair.
    """
    return [
        cell if type(cell) is str else f"{cell} (?)" if at in ids and isinstance(cell, SuspectCell) else str(cell)
        for at, cell in enumerate(cells)
    ]


def _results_between(job: Job, options: PlanOptions, given_title: str, first: int, last: int) -> dict[int, _Result]:
    """Return outcome and words by line; only rows that were not to be removed are asked for names and titles."""
    explained = {
        line.line: detail_words(line, options, given_title=given_title)
        for line in job_lines_to_explain(job, first, last)
    }
    # Looked up once, not for each of a million lines: a translation takes ten times as long as all else here.
    plain = {outcome: [outcome, str(words)] for outcome, words in OUTCOME_WORDS.items()}
    where = {"job": job.id, "plan": job.plan_number, "first": first, "last": last}
    # Most rows were removed, and are not asked for one by one. The others are asked for first: were the rows deleted
    # in between, nobody would be told to be removed who was not. Rows are only added before anybody is removed.
    others = rows_not_removed(**where, checkpoint=job.checkpoint)
    results = dict.fromkeys(lines_of_job(**where) if job.checkpoint else (), plain["removed"])
    for line, position, planned, drift in others:
        outcome = outcome_now(job, planned=planned, position=position, drift=drift)
        results[line] = [outcome, explained[line]] if line in explained else plain[outcome]
    return results


def _problems_between(job: Job, options: PlanOptions, given_title: str, first: int, last: int) -> dict[int, _Result]:
    """Return outcome and words of the lines that refuse the file."""
    return {
        line.line: [line.outcome, detail_words(line, options, given_title=given_title)]
        for line in job_lines_to_explain(job, first, last)
        if line.outcome in REFUSING_OUTCOMES
    }


def _widths(header: Sequence[str]) -> tuple[int, int]:
    """Return how many columns are the administrator's own, and after how many columns the surplus cells begin.

    A spreadsheet makes all rows equally wide: where a row had surplus cells, unnamed columns follow the former results.
    """
    names = [trim_id(heading).casefold() for heading in header]
    named = len(names)
    while named and not names[named - 1]:
        named -= 1
    former = [name.casefold() for name in RESULT_COLUMNS]
    return (named - 2, named) if names[:named][-2:] == former else (len(header), len(header))
