"""What becomes of each line of a removal file: the outcome codes, their words, and which comes first."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from certremoval.certifications.models import Enrollment, RemovalRecord, Restoration
from certremoval.organization.models import User
from certremoval.problems import Problem
from certremoval.removals.words import OUTCOME_WORDS, REFUSING_OUTCOMES
from tests.removals.conftest import (
    FORKLIFT,
    Plan,
    certification,
    enroll,
    make_user,
    people,
    plan,
    removal_file,
    remove,
    run,
)

pytestmark = pytest.mark.django_db

LOTO = "LOTO-1Y"


def one(source: BytesIO, **options: object) -> tuple[str, Problem | None]:
    """Plan a file of one line; return its outcome and its problem."""
    made = plan(source, **options)  # type: ignore[arg-type]
    (row,) = made.rows
    problems = made.summary.problems
    return row.outcome, problems[0] if problems else None


def put_back(record: RemovalRecord) -> None:
    Restoration.objects.create(
        operation_id=1,
        record_id=record.pk,
        enrollment_id=record.enrollment_id,
        revision=record.revision + 1,
        restored_at=timezone.now(),
    )


def removed_before(certification_id: str, user: User, *, enrollment: int = 900, days_ago: int = 0) -> RemovalRecord:
    of = certification(certification_id)
    return RemovalRecord.objects.create(
        operation_id=1,
        enrollment_id=enrollment,
        revision=1,
        certification_key=of.pk,
        certification_id=of.certification_id,
        certification_title=of.title,
        user_key=user.pk,
        user_id=user.user_id,
        user_name=user.full_name,
        status="Certified",
        removed_at=timezone.now() - timedelta(days=days_ago),
    )


def test_remove() -> None:
    (on,) = enroll(FORKLIFT, "K-1", status="Expired")

    made = plan(people("K-1"))

    (row,) = made.rows
    assert (row.outcome, row.position, row.line) == ("remove", 1, 2)
    assert (row.enrollment_id, row.revision, row.status) == (on.pk, 1, "Expired")
    assert (row.certification_key, row.user_key) == (on.certification_id, on.user_id)
    assert made.summary.problems == ()


@pytest.mark.parametrize("status", ["Certified", "Revoked", "Pending Approval", "A word of another system"])
def test_any_status_can_be_removed(status: str) -> None:
    enroll(FORKLIFT, "K-1", status=status)

    assert one(people("K-1"))[0] == "remove"


def test_inactive_users_are_removed_like_active_ones() -> None:
    make_user("K-1", is_active=False)
    enroll(FORKLIFT, "K-1")

    assert one(people("K-1"))[0] == "remove"


def test_of_an_inactive_certification_too() -> None:
    enroll(FORKLIFT, "K-1")
    of = certification(FORKLIFT)
    of.is_active = False
    of.save()

    assert one(people("K-1"))[0] == "remove"


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        (
            (FORKLIFT, ""),
            "User ID",
            "The User ID is empty. An empty cell never means everybody. Fill it in or delete the line.",
        ),
        (
            ("", "K-1"),
            "Certification ID",
            "The Certification ID is empty. An empty cell never means all. Fill it in or delete the line.",
        ),
        (
            (FORKLIFT, " \u200b\xa0"),
            "User ID",
            "The User ID is empty. An empty cell never means everybody. Fill it in or delete the line.",
        ),
    ],
)
def test_blank(cells: tuple[str, str], column: str, message: str) -> None:
    enroll(FORKLIFT, "K-1")

    assert one(removal_file([cells])) == (
        "blank",
        Problem("blank", message, line=2, column=column, value=""),
    )


def test_blank_names_the_column_that_was_chosen() -> None:
    enroll(FORKLIFT, "K-1")

    outcome, problem = one(
        removal_file([(FORKLIFT, "")], header=("Certification ID", "Personnel No.")), user_column="Personnel No."
    )

    assert outcome == "blank"
    assert problem is not None
    assert problem.column == "Personnel No."
    assert problem.message.startswith("The Personnel No. is empty.")


def test_surplus_cells_are_invalid() -> None:
    enroll(FORKLIFT, "K-1")

    assert one(removal_file([(FORKLIFT, "K-1", "", "Ruiz")])) == (
        "invalid",
        Problem(
            "invalid",
            "The line has more cells than there are headings. Put text that contains the separator in quotation marks,"
            " or delete what is too much.",
            line=2,
        ),
    )


def test_surplus_empty_cells_are_ignored() -> None:
    enroll(FORKLIFT, "K-1")

    assert one(removal_file([(FORKLIFT, "K-1", "", " ")]))[0] == "remove"


def test_duplicate() -> None:
    enroll(FORKLIFT, "K-1")

    made = plan(people("K-1", "K-1", " K-1 "))

    assert made.outcomes == {2: "remove", 3: "duplicate", 4: "duplicate"}
    assert [made.row(line).related_line for line in (2, 3, 4)] == [None, 2, 2]
    assert made.summary.problems == ()
    assert made.summary.accepted


def test_a_duplicate_is_of_the_same_certification() -> None:
    enroll(FORKLIFT, "K-1")
    enroll(LOTO, "K-1")

    assert set(plan(removal_file([(FORKLIFT, "K-1"), (LOTO, "K-1")])).outcomes.values()) == {"remove"}


def test_a_duplicate_is_of_the_same_person_whatever_the_text() -> None:
    enroll(FORKLIFT, "K-1")
    User.objects.update(email="Ana@Example.com")

    made = plan(people("ana@example.com", "ANA@EXAMPLE.COM"), match="email")

    assert made.outcomes == {2: "remove", 3: "duplicate"}


def test_of_people_unknown_a_duplicate_has_the_same_text() -> None:
    certification()

    assert plan(people("NOBODY", "nobody", "NOBODY")).outcomes == {
        2: "unknown_user",
        3: "unknown_user",
        4: "duplicate",
    }


def test_unknown_e_mail_addresses_compare_without_letter_case() -> None:
    certification()

    made = plan(people("No@example.com", "no@EXAMPLE.com"), match="email")

    assert made.outcomes == {2: "unknown_user", 3: "duplicate"}


def test_unknown_usernames_compare_with_letter_case() -> None:
    certification()

    assert set(plan(people("Ana", "ana"), match="username").outcomes.values()) == {"unknown_user"}


def test_ambiguous_people_are_duplicates_by_text_alone() -> None:
    certification()
    for user_id, username in (("A", "x"), ("B", "x"), ("C", "y"), ("D", "y")):
        make_user(user_id, username=username)

    made = plan(people("x", "y", "x"), match="username")

    assert made.outcomes == {2: "ambiguous_user", 3: "ambiguous_user", 4: "duplicate"}


def test_of_unknown_certifications_a_duplicate_names_the_same_one() -> None:
    make_user("K-1")

    made = plan(removal_file([("NONE-1", "K-1"), ("NONE-2", "K-1"), ("NONE-1", "K-1")]))

    assert made.outcomes == {2: "unknown_certification", 3: "unknown_certification", 4: "duplicate"}
    assert made.row(4).related_line == 2


@pytest.mark.parametrize(
    ("first", "outcome"),
    [
        ((FORKLIFT, "NOBODY"), "unknown_user"),
        (("NONE", "K-1"), "unknown_certification"),
        ((FORKLIFT, "K-2"), "not_enrolled"),
    ],
)
def test_the_earlier_line_may_be_one_with_another_problem(first: tuple[str, str], outcome: str) -> None:
    enroll(FORKLIFT, "K-1")
    make_user("K-2")

    assert plan(removal_file([first, first])).outcomes == {2: outcome, 3: "duplicate"}


def test_a_mismatch_has_duplicates_too() -> None:
    enroll(FORKLIFT, "K-1")
    certification(LOTO)

    made = plan(removal_file([(LOTO, "K-1"), (LOTO, "K-1")]), certification=FORKLIFT)

    assert made.outcomes == {2: "certification_mismatch", 3: "duplicate"}


def test_a_line_without_a_usable_cell_has_no_duplicates() -> None:
    enroll(FORKLIFT, "K-1")

    made = plan(removal_file([(FORKLIFT, ""), (FORKLIFT, ""), (FORKLIFT, "K-1", "x"), (FORKLIFT, "K-1")]))

    assert made.outcomes == {2: "blank", 3: "blank", 4: "invalid", 5: "remove"}


def test_a_line_is_no_duplicate_of_one_that_is_not_usable() -> None:
    certification()

    made = plan(removal_file([(FORKLIFT, "NOBODY", "x"), ("NONE", "K-1", "x"), (FORKLIFT, "NOBODY"), ("NONE", "K-1")]))

    assert made.outcomes == {2: "invalid", 3: "invalid", 4: "unknown_user", 5: "unknown_certification"}


def test_certification_mismatch() -> None:
    certification("FOOD-2", "Food Hygiene Level 2")
    certification("FAW", "First Aid at Work")
    enroll("FAW", "K-1")

    assert one(removal_file([("FAW", "K-1")]), certification="FOOD-2") == (
        "certification_mismatch",
        Problem(
            "certification_mismatch",
            "You started from Food Hygiene Level 2, but this line names First Aid at Work."
            " Correct the line, or start from the tool page to mix certifications.",
            line=2,
            column="Certification ID",
            value="FAW",
        ),
    )


def test_a_mismatch_with_a_certification_that_does_not_exist_names_its_id() -> None:
    certification("FOOD-2", "Food Hygiene Level 2")

    outcome, problem = one(removal_file([("NONE", "K-1")]), certification="FOOD-2")

    assert outcome == "certification_mismatch"
    assert problem is not None
    assert "but this line names NONE." in problem.message


def test_unknown_certification() -> None:
    enroll(FORKLIFT, "K-1")

    assert one(removal_file([("PERSONNEL", "K-1")])) == (
        "unknown_certification",
        Problem(
            "unknown_certification",
            "PERSONNEL is not a certification. Compare it with the Certification ID on the certification's page.",
            line=2,
            column="Certification ID",
            value="PERSONNEL",
        ),
    )


@pytest.mark.parametrize(("match", "what"), [("email", "e-mail address"), ("username", "username")])
def test_ambiguous_user(match: str, what: str) -> None:
    enroll(FORKLIFT, "K-1")
    make_user("K-2", is_active=False)
    User.objects.update(email="ana@example.com", username="ana@example.com")

    assert one(people("ana@example.com"), match=match) == (
        "ambiguous_user",
        Problem(
            "ambiguous_user",
            f"More than one user has the {what} ana@example.com. Use the User ID on this line.",
            line=2,
            column="User ID",
            value="ana@example.com",
        ),
    )


def test_unknown_user() -> None:
    certification()

    assert one(people("K-1")) == (
        "unknown_user",
        Problem(
            "unknown_user",
            "K-1 is nobody here. Compare it with the User ID on the person's page, or delete the line.",
            line=2,
            column="User ID",
            value="K-1",
        ),
    )


@pytest.mark.parametrize("match", ["email", "username"])
def test_unknown_user_by_another_name(match: str) -> None:
    enroll(FORKLIFT, "ana")

    assert one(people("ana"), match=match) == (
        "unknown_user",
        Problem(
            "unknown_user",
            "Nobody here has ana. Correct it, or use the User ID.",
            line=2,
            column="User ID",
            value="ana",
        ),
    )


def test_not_enrolled() -> None:
    certification(FORKLIFT, "Forklift Operator Safety")
    make_user("K-48213", "Jon Bell")

    assert one(people("K-48213")) == (
        "not_enrolled",
        Problem(
            "not_enrolled",
            "K-48213 (Jon Bell) is not on Forklift Operator Safety. Remove the line, or submit and leave it out.",
            line=2,
            column="User ID",
            value="K-48213",
        ),
    )


def test_somebody_without_a_name_is_not_named_twice() -> None:
    certification(FORKLIFT, "Forklift")
    make_user("K-1")

    _, problem = one(people("K-1"))

    assert problem is not None
    assert problem.message.startswith("K-1 is not on Forklift.")


def test_already_removed() -> None:
    record = removed_before(FORKLIFT, make_user("K-1"))

    made = plan(people("K-1"))

    (row,) = made.rows
    assert (row.outcome, row.record_id) == ("already_removed", record.pk)
    assert made.summary.problems == ()
    assert made.summary.accepted


def test_the_last_record_decides() -> None:
    user = make_user("K-1")
    put_back(removed_before(FORKLIFT, user, enrollment=900))
    last = removed_before(FORKLIFT, user, enrollment=901)

    assert plan(people("K-1")).row(2).record_id == last.pk


def test_whoever_was_put_back_and_went_by_another_way_is_not_already_removed() -> None:
    user = make_user("K-1")
    removed_before(FORKLIFT, user, enrollment=900)
    put_back(removed_before(FORKLIFT, user, enrollment=901))

    assert one(people("K-1"))[0] == "not_enrolled"


def test_whoever_is_on_it_again_is_removed_again() -> None:
    enroll(FORKLIFT, "K-1")
    removed_before(FORKLIFT, User.objects.get())

    assert one(people("K-1"))[0] == "remove"


def test_a_removal_from_another_certification_does_not_count() -> None:
    certification()
    removed_before(LOTO, make_user("K-1"))

    assert one(people("K-1"))[0] == "not_enrolled"


def test_after_a_job_its_lines_are_already_removed(root: User) -> None:
    enroll(FORKLIFT, "K-1", "K-2")
    run(remove(root, people("K-1")))

    assert plan(people("K-1", "K-2")).outcomes == {2: "already_removed", 3: "remove"}


def test_left_out() -> None:
    enroll(FORKLIFT, "K-1")

    made = plan(people("K-1"), leave_out_users=("K-1",))

    (row,) = made.rows
    assert (row.outcome, row.status) == ("left_out", "Certified")
    assert made.summary.problems == ()
    assert made.summary.accepted


class TestPrecedence:
    """A line to which several apply takes the first: each outcome is tried against all that come after it."""

    @pytest.fixture(autouse=True)
    def cast(self) -> None:
        enroll(FORKLIFT, "ON")
        enroll(LOTO, "ON")
        make_user("OFF")
        make_user("TWIN-1", username="twin")
        make_user("TWIN-2", username="twin")
        for user_id in ("ON", "OFF"):
            User.objects.filter(user_id=user_id).update(username=user_id)

    def outcome(self, *cells: str, before: tuple[str, ...] | None = None, **options: object) -> str:
        """The outcome of the last line."""
        made: Plan = plan(removal_file([*([before] if before else []), cells]), **options)  # type: ignore[arg-type]
        return list(made.outcomes.values())[-1]

    def test_blank_before_invalid(self) -> None:
        assert self.outcome(FORKLIFT, "", "surplus") == "blank"

    def test_blank_before_duplicate_and_the_others(self) -> None:
        assert self.outcome("", "ON", before=("", "ON")) == "blank"
        assert self.outcome("NONE", "", before=("NONE", ""), certification=FORKLIFT) == "blank"

    @pytest.mark.parametrize("cells", [(FORKLIFT, "ON"), ("NONE", "ON"), (FORKLIFT, "NOBODY"), (FORKLIFT, "OFF")])
    def test_invalid_before_all_below(self, cells: tuple[str, str]) -> None:
        assert self.outcome(*cells, "surplus", before=cells) == "invalid"
        assert self.outcome(*cells, "surplus", certification=LOTO) == "invalid"

    @pytest.mark.parametrize(
        "cells", [(FORKLIFT, "ON"), ("NONE", "ON"), (FORKLIFT, "NOBODY"), (FORKLIFT, "OFF"), (FORKLIFT, "twin")]
    )
    def test_duplicate_before_all_below(self, cells: tuple[str, str]) -> None:
        assert self.outcome(*cells, before=cells, match="username") == "duplicate"
        assert self.outcome(*cells, before=cells, match="username", certification=LOTO) == "duplicate"

    def test_duplicate_before_already_removed_and_left_out(self) -> None:
        assert self.outcome(FORKLIFT, "ON", before=(FORKLIFT, "ON"), leave_out_users=("ON",)) == "duplicate"
        Enrollment.objects.all().delete()
        removed_before(FORKLIFT, User.objects.get(user_id="ON"))
        assert self.outcome(FORKLIFT, "ON", before=(FORKLIFT, "ON")) == "duplicate"

    @pytest.mark.parametrize(
        "cells", [(FORKLIFT, "ON"), ("NONE", "ON"), (FORKLIFT, "NOBODY"), (FORKLIFT, "OFF"), (FORKLIFT, "twin")]
    )
    def test_mismatch_before_all_below(self, cells: tuple[str, str]) -> None:
        assert self.outcome(*cells, certification=LOTO, match="username") == "certification_mismatch"
        assert (
            self.outcome(*cells, certification=LOTO, match="username", leave_out_users=("ON",))
            == "certification_mismatch"
        )

    @pytest.mark.parametrize("user", ["twin", "NOBODY", "ON"])
    def test_unknown_certification_before_anything_about_the_user(self, user: str) -> None:
        assert self.outcome("NONE", user, match="username") == "unknown_certification"

    def test_remove_before_already_removed(self) -> None:
        removed_before(FORKLIFT, User.objects.get(user_id="ON"))
        assert self.outcome(FORKLIFT, "ON") == "remove"

    def test_already_removed_before_not_enrolled(self) -> None:
        removed_before(FORKLIFT, User.objects.get(user_id="OFF"))
        assert self.outcome(FORKLIFT, "OFF") == "already_removed"

    def test_whoever_is_not_on_it_cannot_be_left_out(self) -> None:
        assert self.outcome(FORKLIFT, "OFF", leave_out_users=("OFF",)) == "not_enrolled"
        removed_before(FORKLIFT, User.objects.get(user_id="OFF"))
        assert self.outcome(FORKLIFT, "OFF", leave_out_users=("OFF",)) == "already_removed"


def test_every_row_counts_once() -> None:
    """One file with a line of every planned outcome: all counts but ``rows`` add up to ``rows``."""
    enroll(FORKLIFT, "ON", "KEPT")
    User.objects.update(username="")
    for user_id in ("ON", "KEPT"):
        User.objects.filter(user_id=user_id).update(username=user_id)
    make_user("OFF", username="OFF")
    make_user("TWIN-1", username="twin")
    make_user("TWIN-2", username="twin")
    removed_before(FORKLIFT, make_user("GONE", username="GONE"))
    certification(LOTO)
    rows = [
        (FORKLIFT, ""),
        (FORKLIFT, "ON", "surplus"),
        (FORKLIFT, "ON"),
        (FORKLIFT, "ON"),
        ("NONE", "ON"),
        (FORKLIFT, "twin"),
        (FORKLIFT, "NOBODY"),
        (FORKLIFT, "GONE"),
        (FORKLIFT, "OFF"),
        (FORKLIFT, "KEPT"),
    ]

    made = plan(removal_file(rows), match="username", leave_out_users=("KEPT",))

    counts = made.summary.counts
    assert set(counts) == {"rows", *OUTCOME_WORDS}
    assert {outcome: count for outcome, count in counts.items() if count} == {
        "rows": 10,
        **dict.fromkeys(
            (
                "blank",
                "invalid",
                "duplicate",
                "unknown_certification",
                "ambiguous_user",
                "unknown_user",
                "already_removed",
                "not_enrolled",
                "left_out",
                "remove",
            ),
            1,
        ),
    }
    assert sum(counts.values()) == 2 * counts["rows"]
    assert made.summary.problem_count == len(made.summary.problems) == 6
    assert {problem.code for problem in made.summary.problems} < set(REFUSING_OUTCOMES)
