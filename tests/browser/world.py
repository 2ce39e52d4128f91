"""An organisation in which every page has something to show: long names, hostile ones, jobs and drafts in each state.

Made once for a module whose tests only look.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from certremoval.access.models import Constraint, ConstraintKind, Grant, Permission, Role
from certremoval.certifications.holding import KeepOff
from certremoval.certifications.models import Certification, Enrollment
from certremoval.organization.models import Group, OrganizationalUnit, User
from certremoval.policy.reasons import add_reason, move_reason, retire_reason
from certremoval.policy.settings import change_settings
from certremoval.removals.actions import cancel
from certremoval.removals.approving import decline
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.lifting import lift_job
from certremoval.removals.models import Job, JobState, Notice, NoticeKind
from certremoval.removals.options import PlanOptions
from certremoval.removals.pace import Pace
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.undoing import draft_undo, undo_job
from tests.removals.conftest import make_group, make_unit, make_user, removal_file, remove, run

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
RIGHT_TO_LEFT = "\u202egnp.txt exe\u202c \u05e9\u05dc\u05d5\u05dd"
ONE_LONG_WORD = "Gabelstaplerfahrerlaubnisverlaengerungsantragsformular" * 2
LONG_TITLE = "Everyone of the night shifts of Warehouse South who changed to Warehouse North before the closing"
SLASHES = "ISO/IEC 27001"
FORKLIFT = "FORKLIFT-3Y"
PEOPLE = 130
STATUSES = ("Certified", "In Progress", "Expired", "Revoked", "Certified/Renewal In Progress", "Pending Approval")


@dataclass
class World:
    """Keys and people by the names that the tests use."""

    root: User
    ada: User
    auditor: User
    owner: User
    learner: User
    certifications: dict[str, Certification]
    jobs: dict[str, Job]
    drafts: dict[str, Job]
    person: User
    removed_person: User
    unit: OrganizationalUnit
    group: Group
    grant: Grant


def build_world() -> World:
    """Make everything."""
    root = User.objects.create_superuser("ROOT", first_name="Rosa", last_name="Oort")
    people = _make_people()
    north, group = _make_units(people)
    ada, grant = _give("ada", "Ada Ito", Permission.REMOVAL_MANAGE, Permission.CERTIFICATION_MANAGE)
    Constraint.objects.create(
        grant=grant, kind=ConstraintKind.ORGANIZATIONAL_UNITS, unit=north, include_subordinates=True
    )
    auditor, _ = _give("auditor", "Aino Berg", Permission.REMOVAL_VIEW, Permission.CERTIFICATION_VIEW)
    certifications = _make_certifications(people)
    owner = make_user("owner", "Pieter Oosterhuis")
    certifications[FORKLIFT].owners.add(owner)
    _set(root, certifications)
    world = World(
        root=root,
        ada=ada,
        auditor=auditor,
        owner=owner,
        learner=make_user("learner", "Lee Ito"),
        certifications=certifications,
        jobs=_make_jobs(root),
        drafts=_make_drafts(root),
        person=people[60],
        removed_person=people[0],
        unit=north,
        group=group,
        grant=grant,
    )
    _make_notices(world)
    return world


def _make_notices(world: World) -> None:
    """One of each kind for the superuser, of jobs with every sort of title; one for somebody who sees no job."""
    kinds = zip(NoticeKind.values, (*world.jobs.values(), *world.jobs.values()), strict=False)
    names = (SCRIPT, RIGHT_TO_LEFT, ONE_LONG_WORD, "Ada Ito")
    recipients = [world.root] * len(NoticeKind.values)
    for number, (recipient, (kind, job)) in enumerate(
        zip([*recipients, world.learner], [*kinds, ("processed", world.jobs["processed"])], strict=True)
    ):
        Notice.objects.create(
            job=job,
            recipient=recipient,
            kind=kind,
            occasion=100 + number,
            by_name=names[number % len(names)],
            created_at=job.operation.created_at,
            seen_at=None if number % 3 else job.operation.created_at,
            message_id=f"<{number}@example.org>",
            mail_state="failed" if number == 1 else "none",
        )


def _make_people() -> list[User]:
    first = ("Ana", "Jon", "Mei", "Omar", SCRIPT, RIGHT_TO_LEFT, "Zoë", "Łukasz")
    last = ("Ruiz", "Bell", "Chen", "O'Neill", ONE_LONG_WORD, "de la Cruz y Fernández-Villaverde", "../../etc")
    people = [
        User.objects.create_user(
            f"{number:06}",
            first_name=first[number % len(first)],
            last_name=last[number % len(last)],
            email=f"{number:06}@example.org",
            is_active=number % 9 != 0,
        )
        for number in range(1, PEOPLE + 1)
    ]
    return [*people, make_user(SLASHES, "Ida Sonne"), make_user(ONE_LONG_WORD, "Wil Ekman")]


def _make_units(people: Sequence[User]) -> tuple[OrganizationalUnit, Group]:
    ids = [person.user_id for person in people]
    logistics = make_unit("Division", "LOG", name="Logistics")
    north = make_unit("Division", "LOG-N", *ids[:50], name="Warehouse North", parent=logistics)
    make_unit("Division", "LOG-S", *ids[50:100], name=f"Warehouse South {ONE_LONG_WORD}", parent=logistics)
    make_unit("Location", "../up", *ids[:90], name=SCRIPT)
    make_unit("Legal Entity", "HALDEN-PL", *ids[:20], name=RIGHT_TO_LEFT)
    return north, make_group("night", *ids[:10])


def _give(user_id: str, name: str, *permissions: Permission) -> tuple[User, Grant]:
    user = make_user(user_id, name)
    role = Role.objects.create(name=f"Role of {name}")
    role.members.add(user)
    grants = [Grant.objects.create(role=role, permission=permission) for permission in permissions]
    return user, grants[0]


def _make_certifications(people: Sequence[User]) -> dict[str, Certification]:
    made = {
        certification_id: Certification.objects.create(certification_id=certification_id, title=title, version="3")
        for certification_id, title in (
            (FORKLIFT, "Forklift Operator Safety"),
            (SLASHES, SCRIPT),
            ("EMPTY", RIGHT_TO_LEFT),
            (ONE_LONG_WORD, ONE_LONG_WORD * 2),
            *((f"CODE-{number}", f"Code of Conduct {number}") for number in range(1, 61)),
        )
    }
    Certification.objects.filter(certification_id="CODE-1").update(is_active=False)
    Enrollment.objects.bulk_create(
        Enrollment(
            certification=made[certification_id],
            user=person,
            status=STATUSES[number % len(STATUSES)],
            version="3",
            identifier=f"{certification_id[:100]}/{number}",
        )
        for certification_id in (FORKLIFT, SLASHES, ONE_LONG_WORD)
        for number, person in enumerate(people)
    )
    return made


def _set(root: User, certifications: dict[str, Certification]) -> None:
    """Give certifications limits of their own, and offer reasons; all of it is in the record of changes."""
    for certification_id in (SLASHES, ONE_LONG_WORD):
        one = (certifications[certification_id].pk, certification_id)
        change_settings(root, {"most_untyped": 1_000, "most_unapproved": None}, certification=one)
    reasons = [add_reason(root, text) for text in ("Changed roles", SCRIPT, RIGHT_TO_LEFT, ONE_LONG_WORD, "Old")]
    move_reason(root, reasons[1].pk, up=False)
    retire_reason(root, reasons[4].pk)


def _make_jobs(root: User) -> dict[str, Job]:
    """One job in each state, each of other people; the one that is processed has lines of many outcomes."""

    def file(start: int, count: int) -> io.BytesIO:
        return removal_file([(SLASHES, f"{number:06}") for number in range(start, start + count)])

    mixed = removal_file(
        [
            *((FORKLIFT, f"{number:06}") for number in range(1, 31)),
            (FORKLIFT, "000001"),
            (FORKLIFT, "31"),
            ("FORKLFT-3Y", "000032"),
            ("EMPTY", "000033"),
            (FORKLIFT, ""),
            (FORKLIFT, SCRIPT),
            (FORKLIFT, "1.23457E+16"),
        ]
    )
    processed = remove(root, mixed, title=LONG_TITLE, skip_problems=True, leave_out_statuses=("Expired",))
    processed.operation.comment = f"{SCRIPT} {ONE_LONG_WORD}\nSecond line"
    processed.operation.reason = "Changed roles"
    processed.operation.save()
    run(processed)
    cancelled = remove(root, file(1, 5), title=SCRIPT)
    cancel(root, cancelled.pk)
    failed = remove(root, file(10, 5), title=RIGHT_TO_LEFT)
    run_some(failed, 2)
    Job.objects.filter(pk=failed.pk).update(
        state=JobState.FAILED,
        error="The worker stopped 5 times at the same place. Look at its log, then resume the job.",
        ended_at=processed.operation.created_at,
    )
    running = remove(root, file(20, 40), title=ONE_LONG_WORD[:100])
    run_some(running, 15)
    queued = remove(root, file(70, 5), title="../../etc/passwd")
    on_it = Enrollment.objects.filter(certification__certification_id=SLASHES)
    on_it.filter(user__user_id__in=["000107", "000110"]).update(status="Certified", expiration_date=date(2020, 5, 3))
    undone = run(remove(root, file(100, 13), title=f"Undone {SCRIPT}"))
    undo = run(undo_job(root, undone.pk, users=[f"{number:06}" for number in range(100, 105)], reason=RIGHT_TO_LEFT))
    Enrollment.objects.create(
        certification=on_it[0].certification, user=User.objects.get(user_id="000105"), status="In Progress"
    )
    forever = KeepOff(for_good=True)
    lifted = run(remove(root, file(114, 3), title=f"Lifted {ONE_LONG_WORD}"[:100], keep_off=forever))
    lift_job(root, lifted.pk)
    bea, _ = _give("bea", "Bea Lindqvist", Permission.REMOVAL_MANAGE)
    waiting, declined = (remove(bea, file(start, 4), title=f"Waits {SCRIPT}") for start in (90, 95))
    Job.objects.filter(pk__in=[waiting.pk, declined.pk]).update(state=JobState.AWAITING_APPROVAL)
    decline(root, declined.pk, reason=f"{SCRIPT} {ONE_LONG_WORD}")
    for number in range(30):
        cancel(root, remove(root, file(80, 1), title=f"Repeated {number}").pk)
    return {
        "processed": Job.objects.get(pk=processed.pk),
        "cancelled": cancelled,
        "failed": failed,
        "running": running,
        "queued": queued,
        "waiting": waiting,
        "declined": declined,
        "undone": undone,
        "undo": undo,
        "lifted": lifted,
    }


def run_some(job: Job, rows: int) -> None:
    """Carry out the next ``rows`` rows of a job, in one chunk, and let go of it."""
    held = claim_job(job.pk)
    assert held is not None, f"{job} is not to be run"
    run_slice(held, pace=Pace(largest=rows), stop=lambda: True)


def _make_drafts(root: User) -> dict[str, Job]:
    """A draft of each sort that the preview shows."""
    many = [(ONE_LONG_WORD, f"{number:06}") for number in range(1, 121)]
    problems = [
        (FORKLIFT, "000001"),  # already removed
        (FORKLIFT, "31"),
        ("FORKLFT-3Y", "000040"),
        (FORKLIFT, ""),
        (FORKLIFT, SCRIPT),
        (FORKLIFT, "000041"),
        (FORKLIFT, "000041"),
        ("EMPTY", "000042"),
        (ONE_LONG_WORD, "000043"),
    ]
    files: dict[str, tuple[bytes, str, str]] = {
        "good": (removal_file(many).getvalue(), LONG_TITLE, "people.csv"),
        "problems": (removal_file(problems).getvalue(), SCRIPT, "../../people.csv"),
        "nobody": (removal_file([(FORKLIFT, "000001"), (FORKLIFT, "000002")]).getvalue(), "", "people.csv"),
        "all problems": (removal_file([(FORKLIFT, f"X{n}") for n in range(60)]).getvalue(), "", f"{SCRIPT}.csv"),
        "other columns": (
            b"Personnel No.,Name,Site\r\n000050,Ana,North\r\n000051,Jon,South\r\n",
            "",
            f"{ONE_LONG_WORD}.csv",
        ),
        "unreadable": ("Certification ID,User ID\nFORKLIFT-3Y,M\xfcller\n".encode("latin-1"), "", "latin.csv"),
        "empty": (b"Certification ID,User ID\r\n", RIGHT_TO_LEFT, f"{RIGHT_TO_LEFT}.csv"),
    }
    again = [(SLASHES, f"{number:06}") for number in range(70, 75)]
    files["sent before"] = (removal_file(again).getvalue(), "The same again", "people.csv")
    drafts = {}
    for name, (content, title, file_name) in files.items():
        draft = upload_draft(root, io.BytesIO(content), name=file_name, title=title, options=PlanOptions())
        drafts[name] = check_now(draft)
        assert drafts[name].state == JobState.DRAFT
    left_out = PlanOptions(leave_out_statuses=("Expired", "Revoked"), leave_out_users=("000003",))
    draft = upload_draft(
        root, io.BytesIO(removal_file(many).getvalue()), name="some.csv", title="Some left out", options=left_out
    )
    drafts["left out"] = check_now(draft)
    undone = Job.objects.get(operation__title=f"Undone {SCRIPT}")
    drafts["undo"] = check_now(draft_undo(root, undone.pk))
    drafts["undo, nobody"] = check_now(draft_undo(root, undone.pk, users=["000100"]))
    drafts["undo, checking"] = draft_undo(root, undone.pk)
    drafts["checking"] = upload_draft(root, removal_file(many), name="large.csv", title="Large", options=PlanOptions())
    return drafts
