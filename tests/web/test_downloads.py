"""Files that pages hand out: kept and never shown, under a name that harms nobody."""

from __future__ import annotations

import pytest

from certremoval.web.downloads import download, file_name, table_download


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("people.csv", "people.csv"),
        ("ISO/IEC 27001.csv", "ISO-IEC 27001.csv"),
        ("../../etc/passwd", "etc-passwd"),
        ('<script>alert("x")</script>.csv', "script-alert(-x-)-script.csv"),
        ("list\u202excod.exe", "list-xcod.exe"),
        ("a\r\nSet-Cookie: x=1.csv", "a-Set-Cookie- x=1.csv"),
        ("x" * 10_000 + ".csv", "x" * 100 + ".csv"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_a_name_is_one_of_a_file(text: str, name: str) -> None:
    assert file_name(text) == name


def test_a_file_is_kept_and_not_shown() -> None:
    answer = download([b"x"], name="Łódź.csv", content_type="text/csv")

    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''%C5%81%C3%B3d%C5%BA.csv"
    assert answer.headers["Cache-Control"] == "no-store"


def test_rows_are_a_spreadsheet_in_both_forms() -> None:
    rows = [("User ID",), ("000123",)]

    csv = table_download(rows, name="people", format="csv")
    xlsx = table_download(rows, name="people", format="xlsx")

    assert csv.getvalue() == b"\xef\xbb\xbfUser ID\r\n000123\r\n"
    assert xlsx.getvalue().startswith(b"PK")
    assert xlsx.headers["Content-Disposition"] == 'attachment; filename="people.xlsx"'
