"""The story "Warehouse South closes" comes to its numbers, by the rules of the contract and not by its own word."""

from __future__ import annotations

from collections import Counter

from certremoval.demo.organisation.certifications import HOLDING_STATUSES

from .conftest import Written, read_rows


def enrolled_after_past_jobs(written: Written) -> set[tuple[str, str]]:
    """Who is on what once the past jobs ran, each undo put back."""
    enrolled = set(written.enrolled)
    for job in written.organisation.past_jobs:
        done = [line for line in job.lines if line.outcome == "remove"][: job.removed]
        pairs = {(line.certification_id, line.user_id) for line in done}
        assert pairs <= enrolled, job.key
        enrolled -= pairs
        if job.undo:
            back = job.undo.user_ids
            enrolled |= {pair for pair in pairs if back is None or pair[1] in back}
    return enrolled


def outcomes(written: Written) -> list[str]:
    """Class the lines of HR's file by the contract's order of outcomes."""
    users, enrolled = written.users, enrolled_after_past_jobs(written)
    seen: set[str] = set()
    answers = []
    for row in read_rows(written.organisation.samples[0].path):
        user_id = row["User ID"].strip()
        pair = (row["Certification ID"], user_id)
        if not user_id:
            answers.append("blank")
        elif user_id in seen:
            answers.append("duplicate")
        elif user_id not in users:
            answers.append("unknown_user")
        elif pair in enrolled:
            answers.append("remove")
        else:
            answers.append("already_removed" if pair in written.enrolled else "not_enrolled")
        seen.add(user_id)
    return answers


def test_the_lines_have_the_outcomes_that_are_told(any_size: Written) -> None:
    assert outcomes(any_size) == [line.outcome for line in any_size.organisation.story.lines]


def test_the_numbers_are_those_of_the_specification(any_size: Written) -> None:
    story = any_size.organisation.story
    assert Counter(outcomes(any_size)) == {
        "remove": 412,
        "unknown_user": 4 + 3,
        "duplicate": 5,
        "not_enrolled": 3,
        "already_removed": 2,
        "blank": 1,
    }
    assert len(story.lines) == 430
    assert (story.to_remove, story.to_leave_out) == (403, 27)
    assert [line.line for line in story.lines] == list(range(2, 432))


def test_61_of_the_412_hold_the_certification_and_nine_of_those_moved_north(any_size: Written) -> None:
    story = any_size.organisation.story
    good = {line.user_id for line in story.lines if line.outcome == "remove"}
    rows = any_size.enrolled
    holders = {user_id for user_id in good if rows["FORKLIFT-3Y", user_id]["Status"] in HOLDING_STATUSES}
    assert len(holders) == 61
    assert set(story.holders) == holders
    assert len(story.left_out_user_ids) == 9
    assert set(story.left_out_user_ids) <= holders
    assert {line.user_id for line in story.lines if line.left_out} == set(story.left_out_user_ids)


def test_leaving_out_warehouse_north_leaves_out_the_same_nine(any_size: Written) -> None:
    story = any_size.organisation.story
    unit_type, unit_id = story.left_out_unit
    users = any_size.users
    north = {
        line.user_id for line in story.lines if line.outcome == "remove" and users[line.user_id][unit_type] == unit_id
    }
    assert north == set(story.left_out_user_ids)


def test_the_administrator_is_one_of_the_412_and_sits_in_warehouse_south(any_size: Written) -> None:
    story = any_size.organisation.story
    (line,) = [line for line in story.lines if line.user_id == story.administrator]
    assert (line.outcome, line.left_out) == ("remove", False)
    assert any_size.users[story.administrator]["Division"] == "LOG-WS"


def test_lost_zeros_are_found_again_on_the_certification(any_size: Written) -> None:
    story = any_size.organisation.story
    written = {line.user_id for line in story.lines}
    assert len(story.lost_zeros) == 4
    for user_id in story.lost_zeros:
        short = user_id.lstrip("0")
        assert short in written
        assert user_id not in written
        assert short not in any_size.users
        assert ("FORKLIFT-3Y", user_id) in any_size.enrolled


def test_the_two_of_last_week_are_removed_by_a_small_past_job(any_size: Written) -> None:
    story = any_size.organisation.story
    (job,) = [job for job in any_size.organisation.past_jobs if job.key == "last-week"]
    assert {line.user_id for line in job.lines} >= set(story.removed_last_week)
    assert len(job.lines) <= 6


def test_the_story_is_the_same_at_any_size(halden: Written, any_size: Written) -> None:
    assert any_size.organisation.story == halden.organisation.story
    assert any_size.organisation.samples[0].path.read_bytes() == halden.organisation.samples[0].path.read_bytes()
    people = {row["User ID"]: row for row in halden.rows["users"] if row["Division"].startswith("LOG-WS")}
    assert people == {row["User ID"]: row for row in any_size.rows["users"] if row["Division"].startswith("LOG-WS")}


def test_the_412_are_about_a_third_of_everyone_on_the_certification(halden: Written) -> None:
    everyone = sum(certification_id == "FORKLIFT-3Y" for certification_id, _ in enrolled_after_past_jobs(halden))
    assert 0.3 < 403 / everyone < 0.4


def test_the_story_has_all_three_id_styles_and_the_special_names(halden: Written) -> None:
    names = {line.user_id: line.name for line in halden.organisation.story.lines}
    assert names["000123"] == "Ana Ruiz"
    assert names["K-48213"] == "Jon Bell"
    assert {len(user_id) for user_id in names} >= {6, 7, 17}
    assert {"Seán O'Neill", "Elif Şahin", "Thị Hoa Nguyễn", "小明 王", "Anna Kowalska"} <= set(names.values())
