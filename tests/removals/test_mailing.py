"""E-mail of notices: what it says and what it does not, once, and what becomes of it when it cannot be sent."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import OperationalError
from django.urls import reverse

from certremoval.access.models import Grant, Permission
from certremoval.certifications.models import RemovalRecord
from certremoval.certifications.removing import remove_person
from certremoval.database.clock import moved
from certremoval.organization.models import User
from certremoval.removals.drafts import check_now
from certremoval.removals.mailing import PAUSES, is_final, send_next_mail
from certremoval.removals.models import Job, JobState, MailState, Notice
from certremoval.removals.noticing import notify_waiting
from certremoval.removals.sql.mail import CLAIM_SECONDS, claim_mail, settle
from certremoval.removals.submitting import submit
from certremoval.removals.undoing import draft_put_back, undo_job, undo_operation
from tests.removals.conftest import FORKLIFT, enroll, make_user, people, remove, run
from tests.removals.test_notices import EVERYTHING, decide, give

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _mail_server(settings: Any) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
        update={
            "email_host": "mail.example.org",
            "email_from": "certremoval@example.org",
            "site_url": "https://removals.example.org",
        }
    )
    settings.DEFAULT_FROM_EMAIL = "certremoval@example.org"


@pytest.fixture
def ada() -> User:
    """Who makes the jobs; her zone is Warsaw's."""
    ada = give("ada", *EVERYTHING)
    ada.time_zone = "Europe/Warsaw"
    ada.save()
    return ada


@pytest.fixture
def job(ada: User) -> Job:
    """Ada's job, which has ended; its e-mail is due."""
    make_user("K-1", "Ana Ruiz", email="ana@example.org")
    enroll(FORKLIFT, "K-1")
    return run(remove(ada, people("K-1", "NOBODY"), title="Forklift clean-up", skip_problems=True))


def sent() -> list[EmailMessage]:
    """Send all that is due; return what was sent."""
    while send_next_mail():
        pass
    return mail.outbox


def retitle(job: Job, title: str) -> None:
    job.operation.title = title
    job.operation.save()


class TestWhatItSays:
    def test_the_result_in_words_and_where_the_rest_is(self, ada: User, job: Job) -> None:
        (message,) = sent()
        assert message.subject == "Forklift clean-up: 1 removed, 1 left out"
        assert (message.to, message.from_email) == (["ada@example.org"], "certremoval@example.org")
        assert f"https://removals.example.org{reverse('job', kwargs={'job_id': job.pk})}\n" in message.body
        assert f"Job {job.pk}, made by Ada Ito on " in message.body
        assert " CE" in message.body  # CET or CEST: the reader's zone
        assert "because you made the job" in message.body
        assert message.extra_headers["Auto-Submitted"] == "auto-generated"

    def test_no_address_where_the_sites_is_not_known(self, job: Job, settings: Any) -> None:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"site_url": ""})
        (message,) = sent()
        assert "http" not in message.body

    def test_an_approver_is_told_why(self, ada: User, job: Job) -> None:
        give("carla", Permission.REMOVAL_APPROVE)
        Job.objects.filter(pk=job.pk).update(state=JobState.AWAITING_APPROVAL)
        notify_waiting(Job.objects.get(pk=job.pk))
        message = next(one for one in sent() if one.to == ["carla@example.org"])
        assert message.subject.startswith("Forklift clean-up: Waits for your approval: ")
        assert "because you may approve the job" in message.body

    def test_nobody_removed_is_named(self, job: Job) -> None:
        (message,) = sent()
        written = message.message().as_string()
        for word in ("Ana", "Ruiz", "K-1", "NOBODY"):
            assert word not in written

    def test_nobody_put_back_is_named_even_where_the_title_does(self, ada: User, job: Job) -> None:
        undo = check_now(draft_put_back(ada, RemovalRecord.objects.get().pk))
        assert "Ana Ruiz" in undo.operation.title
        run(submit(ada, undo.pk, plan_number=undo.plan_number))
        message = sent()[-1]
        assert message.subject == "Undo of one removal: 1 put back"
        assert "Ruiz" not in message.message().as_string()

    def test_nor_by_what_undoes_that_or_the_removal_of_one_person_alone(self, ada: User, job: Job) -> None:
        enroll(FORKLIFT, "K-9")
        person = User.objects.get(user_id="K-9")
        person.first_name, person.last_name = "Zoe", "Ruiz"
        person.save()
        root = User.objects.create_superuser("ROOT")
        alone = remove_person(root, certification_key=RemovalRecord.objects.get().certification_key, user_key=person.pk)
        back = run(undo_operation(ada, alone.pk))
        assert "Zoe Ruiz" in back.operation.title
        again = run(undo_job(ada, back.pk))
        assert "Zoe Ruiz" in again.operation.title

        subjects = [message.subject for message in sent()][-2:]
        assert subjects == ["Undo of one removal: 1 put back", "Undo of one removal: 1 removed"]

    def test_what_stopped_a_job_is_left_to_its_page(self, ada: User, job: Job) -> None:
        """A database's words may hold anybody's data."""
        notice = Notice.objects.get()
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, error="Key (user_id)=(K-1) already exists.")
        Notice.objects.filter(pk=notice.pk).update(kind="failed")
        (message,) = sent()
        assert message.subject == "Forklift clean-up: Failed: 1 removed, 1 left out"
        assert "K-1" not in message.message().as_string()

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b", "\x00"])
    def test_a_title_makes_no_header(self, job: Job, end: str) -> None:
        if end != "\x00":  # which PostgreSQL does not hold
            retitle(job, f"Hello{end}Bcc: everybody@example.org{end}{end}Another body")
        (message,) = sent()
        written = message.message()
        assert written["Bcc"] is None
        assert message.recipients() == ["ada@example.org"]
        assert len(message.subject.splitlines()) == 1
        if end != "\x00":
            assert message.subject.startswith("Hello Bcc: everybody@example.org Another body: ")
            assert "\nBcc" not in message.body

    def test_a_title_turns_nothing_around(self, job: Job) -> None:
        retitle(job, "\u202egnp.exe\u2069 \u05e9\u05dc\u05d5\u05dd")
        (message,) = sent()
        assert message.subject.startswith("gnp.exe \u05e9\u05dc\u05d5\u05dd: ")

    def test_a_name_leaves_no_marks_of_direction(self, ada: User, job: Job) -> None:
        Notice.objects.update(kind="cancelled", by_name="\u05e9\u05dc\u05d5\u05dd")
        (message,) = sent()
        assert message.subject == "Forklift clean-up: Cancelled by \u05e9\u05dc\u05d5\u05dd: 1 removed, 1 left out"


class TestOnce:
    def test_what_was_sent_is_not_sent_again(self, job: Job) -> None:
        assert len(sent()) == 1
        with moved(timedelta(days=30)):
            assert len(sent()) == 1
        assert Notice.objects.get().mail_state == MailState.SENT

    def test_it_is_claimed_by_one(self, job: Job) -> None:
        assert claim_mail() is not None
        assert claim_mail() is None
        assert sent() == []

    def test_of_one_who_died_it_is_sent_after_a_while_under_the_same_message_id(self, job: Job) -> None:
        assert claim_mail() is not None
        with moved(timedelta(seconds=CLAIM_SECONDS - 5)):
            assert sent() == []
        with moved(timedelta(seconds=CLAIM_SECONDS + 5)):
            (message,) = sent()
        assert message.extra_headers["Message-ID"] == Notice.objects.get().message_id
        assert message.message()["Message-ID"] == Notice.objects.get().message_id

    def test_whoever_comes_late_changes_nothing(self, job: Job) -> None:
        late = claim_mail()
        assert late is not None
        with moved(timedelta(seconds=CLAIM_SECONDS + 5)):
            assert claim_mail() is not None
            settle(late, MailState.WAITING, again_in=0)
        assert Notice.objects.get().mail_state == MailState.SENDING

    def test_each_notice_has_a_message_id_of_its_own(self, ada: User, job: Job) -> None:
        run(remove(ada, people("NOBODY"), skip_problems=True))
        assert len({message.extra_headers["Message-ID"] for message in sent()}) == 2


class TestNoMore:
    """What holds when it is sent counts, not what held when it was written."""

    def no_mail(self) -> None:
        assert sent() == []
        assert Notice.objects.get().mail_state == MailState.NONE

    @pytest.mark.parametrize("values", [{"is_active": False}, {"email": ""}, {"notices_by_mail": False}], ids=str)
    def test_to_who_left_or_wants_none(self, ada: User, job: Job, values: dict[str, object]) -> None:
        User.objects.filter(pk=ada.pk).update(**values)
        self.no_mail()

    def test_to_who_may_not_see_the_job_any_more(self, job: Job) -> None:
        Grant.objects.all().delete()
        self.no_mail()

    def test_of_what_was_decided_meanwhile(self, ada: User, job: Job) -> None:
        Notice.objects.all().delete()
        carla = give("carla", Permission.REMOVAL_APPROVE)
        Job.objects.filter(pk=job.pk).update(state=JobState.AWAITING_APPROVAL)
        notify_waiting(Job.objects.get(pk=job.pk))
        held = claim_mail()
        assert held is not None
        decide(job, carla, approved=True)
        settle(held, MailState.WAITING, again_in=0)
        assert [message.to for message in sent()] == [["ada@example.org"]]


Refuse = Callable[[EmailMessage], None]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Callable[[Refuse], None]:
    """Let the mail server answer so."""
    send = EmailMessage.send

    def answers(refuse: Refuse) -> None:
        def refuse_or_send(message: EmailMessage, fail_silently: bool = False) -> int:
            refuse(message)
            return send(message, fail_silently)

        monkeypatch.setattr(EmailMessage, "send", refuse_or_send)

    return answers


def away(message: EmailMessage) -> None:
    raise ConnectionRefusedError("nobody is there")


class TestNotSent:
    def test_it_is_tried_again_with_longer_and_longer_pauses_and_given_up(
        self, job: Job, server: Callable[[Refuse], None]
    ) -> None:
        server(away)
        passed = timedelta()
        for pause in PAUSES:
            with moved(passed):
                assert send_next_mail()
                assert not send_next_mail()
            assert Notice.objects.get().mail_state == MailState.WAITING
            passed += timedelta(seconds=pause - 5)
            with moved(passed):
                assert not send_next_mail()
            passed += timedelta(seconds=10)
        with moved(passed):
            assert send_next_mail()
        notice = Notice.objects.get()
        assert (notice.mail_state, notice.mail_attempts) == (MailState.FAILED, len(PAUSES) + 1)
        assert notice.mail_error == "ConnectionRefusedError: nobody is there"
        with moved(passed + timedelta(days=30)):
            assert not send_next_mail()

    def test_when_the_server_is_back_it_is_sent(
        self, job: Job, server: Callable[[Refuse], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server(away)
        assert send_next_mail()
        monkeypatch.undo()
        with moved(timedelta(seconds=PAUSES[0] + 5)):
            assert len(sent()) == 1
        assert Notice.objects.get().mail_error == ""

    def test_a_refused_address_holds_up_no_other(self, ada: User, job: Job, server: Callable[[Refuse], None]) -> None:
        def refuse_ada(message: EmailMessage) -> None:
            if message.to == ["ada@example.org"]:
                raise smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"nobody")})

        server(refuse_ada)
        run(remove(give("ben", *EVERYTHING), people("NOBODY"), skip_problems=True))
        assert [message.to for message in sent()] == [["ben@example.org"]]
        assert list(Notice.objects.order_by("pk").values_list("mail_state", flat=True)) == ["failed", "sent"]

    def test_an_address_of_two_lines_is_given_up_at_once(self, ada: User, job: Job) -> None:
        User.objects.filter(pk=ada.pk).update(email="two@example.org\nBcc: evil@example.org")
        assert sent() == []
        assert Notice.objects.get().mail_state == MailState.FAILED

    def test_whose_senders_all_die_it_is_given_up(self, job: Job) -> None:
        for attempt in range(len(PAUSES) + 1):
            with moved(timedelta(seconds=attempt * (CLAIM_SECONDS + 5))):
                assert claim_mail() is not None
        with moved(timedelta(days=1)):
            assert sent() == []
        assert Notice.objects.get().mail_state == MailState.FAILED

    def test_a_fault_of_ours_is_recorded_and_ends_nothing(self, job: Job, server: Callable[[Refuse], None]) -> None:
        def fault(message: EmailMessage) -> None:
            raise KeyError("a fault")

        server(fault)
        assert send_next_mail()
        assert Notice.objects.get().mail_error == "KeyError: 'a fault'"

    def test_a_database_that_is_away_is_told_and_costs_nothing(
        self, job: Job, server: Callable[[Refuse], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(message: EmailMessage) -> None:
            raise OperationalError("the database is away")

        server(gone)
        with pytest.raises(OperationalError):
            send_next_mail()
        monkeypatch.undo()
        with moved(timedelta(seconds=CLAIM_SECONDS + 5)):
            assert len(sent()) == 1

    @pytest.mark.parametrize(
        ("error", "final"),
        [
            (smtplib.SMTPRecipientsRefused({"a@b": (550, b"nobody")}), True),
            (smtplib.SMTPRecipientsRefused({"a@b": (451, b"later")}), False),
            (smtplib.SMTPDataError(554, b"spam"), True),
            (smtplib.SMTPDataError(452, b"full"), False),
            (smtplib.SMTPAuthenticationError(535, b"who"), False),
            (smtplib.SMTPSenderRefused(550, b"not you", "us@b"), False),
            (smtplib.SMTPServerDisconnected("gone"), False),
            (TimeoutError("slow"), False),
            (ssl.SSLCertVerificationError("expired"), False),
            (ValueError("Invalid address"), True),
        ],
        ids=repr,
    )
    def test_what_is_final(self, error: Exception, final: bool) -> None:
        assert is_final(error) is final
