"""The sample files are what they say."""

from __future__ import annotations

import csv

from certremoval.demo.organisation import Sample

from .conftest import Written
from .test_story import enrolled_after_past_jobs


def sample(written: Written, name: str) -> Sample:
    (one,) = [one for one in written.organisation.samples if one.path.name == name]
    return one


def test_the_story_comes_first(halden: Written) -> None:
    first = halden.organisation.samples[0]
    assert (first.path.name, first.lines, first.removes) == ("warehouse-south-closes.csv", 430, 412)


def test_windows_1252_with_semicolons_cannot_be_read_as_utf8(any_size: Written) -> None:
    one = sample(any_size, "bakery-semicolon-windows-1252.csv")
    content = one.path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert content.startswith(b"Name;User ID;Certification ID\r\n")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        raise AssertionError("it is UTF-8")
    rows = list(csv.DictReader(content.decode("cp1252").splitlines(), delimiter=";"))
    assert len(rows) == one.lines == one.removes
    users = any_size.users
    for row in rows:
        person = users[row["User ID"]]
        assert row["Name"] == f"{person['First Name']} {person['Last Name']}"


def test_good_samples_remove_everyone_they_name(any_size: Written) -> None:
    enrolled = enrolled_after_past_jobs(any_size)
    by_mail = {row["Email"].casefold(): row["User ID"] for row in any_size.rows["users"]}
    for name in ("leavers-several-certifications.csv", "people-by-e-mail.csv"):
        one = sample(any_size, name)
        rows = list(csv.DictReader(one.path.read_text(encoding="utf-8-sig").splitlines()))
        pairs = {(row["Certification ID"], row.get("User ID") or by_mail[row["E-mail"].casefold()]) for row in rows}
        assert pairs <= enrolled
        assert len(pairs) == one.lines == one.removes > 10


def test_samples_and_past_jobs_share_nobody(any_size: Written) -> None:
    one = sample(any_size, "leavers-several-certifications.csv")
    rows = list(csv.DictReader(one.path.read_text(encoding="utf-8-sig").splitlines()))
    named = {(row["Certification ID"], row["User ID"]) for row in rows}
    past = {
        (line.certification_id, line.user_id)
        for job in any_size.organisation.past_jobs
        for line in job.lines
        if line.outcome == "remove"
    }
    assert not named & past


def test_nobody_would_be_removed_by_the_file_of_problems(any_size: Written) -> None:
    one = sample(any_size, "only-problems.csv")
    rows = list(csv.reader(one.path.read_text(encoding="utf-8-sig").splitlines()))
    enrolled = enrolled_after_past_jobs(any_size)
    assert len(rows) - 1 == one.lines == 11
    assert [row for row in rows[1:] if len(row) == 3 and (row[0], row[1]) in enrolled] == []
