"""Text for terminals of every width."""

from __future__ import annotations

import io

import pytest

from certremoval.cli.progress import Progress, spoken_seconds
from certremoval.cli.text import cells_of, counted, cut, shown, table, wrapped

HEADINGS = ("ID", "Job Title", "Result")
ROWS = [("7", "Warehouse South closes", "403 removed"), ("1,200", "王さん", "0 removed")]


def test_columns_are_aligned_and_numbers_stand_to_the_right() -> None:
    assert table(HEADINGS, ROWS, None, shrinking=1) == [
        "   ID  Job Title               Result",
        "    7  Warehouse South closes  403 removed",
        "1,200  王さん                  0 removed",
    ]


def test_a_narrow_terminal_cuts_the_column_that_may_be_cut() -> None:
    lines = table(HEADINGS, ROWS, 38, shrinking=1)

    assert lines[1] == "    7  Warehouse South c…  403 removed"
    assert max(map(cells_of, lines)) <= 38


def test_a_very_narrow_terminal_tells_each_row_over_lines() -> None:
    assert table(HEADINGS, ROWS, 24, shrinking=1) == [
        "ID: 7",
        "  Job Title: Warehouse…",
        "  Result: 403 removed",
        "",
        "ID: 1,200",
        "  Job Title: 王さん",
        "  Result: 0 removed",
    ]


def test_an_empty_table_is_its_headings() -> None:
    assert table(HEADINGS, [], 80, shrinking=1) == ["ID  Job Title  Result"]


def test_numbers_stand_under_each_other() -> None:
    assert counted([(1_200, "Removed"), (3, "No such user")]) == ["  1,200  Removed", "      3  No such user"]


def test_wrapping_keeps_indentation() -> None:
    assert (
        wrapped("  line 3, User ID: nobody is nobody here", 20) == "  line 3, User ID:\n    nobody is nobody\n    here"
    )
    assert wrapped("as long as it is", None) == "as long as it is"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\nb\tc", "a b c"), ("\x1b[31mred", "\N{REPLACEMENT CHARACTER}[31mred"), ("a\u202eb", "ab"), ("Şahin", "Şahin")],
)
def test_text_of_others_is_harmless(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_cutting_counts_places() -> None:
    assert cut("王王王", 5) == "王王…"
    assert cut("abc", 3) == "abc"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("certremoval.cli.progress.time.monotonic", lambda: now[0])
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    return now


def test_a_terminal_has_one_moving_line_with_the_time_left(clock: list[float]) -> None:
    screen = Screen()
    progress = Progress(screen)
    progress.removing(0, 400_000)
    clock[0] = 2.0
    progress.removing(100_000, 400_000)
    assert screen.getvalue() == "\rRemoving [######..................]  25%  100,000 of 400,000, 6 s left\x1b[K"

    progress.end()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_a_narrow_terminal_has_no_bar(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    screen = Screen()
    progress = Progress(screen)
    clock[0] = 2.0
    progress.removing(100_000, 400_000)

    assert screen.getvalue() == "\rRemoving  25%  100,000 of 400,000\x1b[K"


def test_a_log_gets_a_line_now_and_then(clock: list[float]) -> None:
    log = io.StringIO()
    progress = Progress(log)
    for second in range(12):
        clock[0] = float(second)
        progress.stage("reading", second * 10_000)
    progress.end()

    assert log.getvalue() == "Reading: 50,000 lines\nReading: 100,000 lines\n"


def test_durations_are_spoken() -> None:
    assert [spoken_seconds(one) for one in (0.4, 12, 89, 90, 600)] == ["0 s", "12 s", "89 s", "2 min", "10 min"]
