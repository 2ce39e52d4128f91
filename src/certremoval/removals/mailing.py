"""Mailing: what the bell tells is sent by e-mail, too, by the worker; once, as far as a mail server allows to say so.

1. Claim one e-mail that is due: committed before anything is sent, so no two processes send it.
2. Write it, as things stand now; nothing is sent to who may not see the job any more, or does not want it any more.
3. Send it, outside of any transaction.
4. Mark it as sent.

A process that dies before the mail server has taken the message has sent nothing, and one that dies after 4. has sent
it once. In between, for the time of one answer and one UPDATE, nobody can know: it is sent again ten minutes later,
with the same Message-ID, by which mailboxes that look know it for the same.

What fails is tried again, with longer and longer pauses, and then no more; an address that the server refuses for good,
at once no more. Neither holds up the others.
"""

from __future__ import annotations

import logging
import re
import smtplib
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext as _

from certremoval.organization.models import User
from certremoval.problems import NotFound
from certremoval.removals.jobs import find_job
from certremoval.removals.models import Job, JobState, MailState, Notice, NoticeKind
from certremoval.removals.notices import notice_words, undo_told
from certremoval.removals.options import RestoreOptions
from certremoval.removals.scheduling import zone_of
from certremoval.removals.sql.mail import MailClaim, claim_mail, settle

logger = logging.getLogger(__name__)

PAUSES = (60, 300, 900, 3_600, 4 * 3_600, 12 * 3_600, 24 * 3_600)
"""Seconds before an e-mail is tried again, by how often it was tried. When it fails once more it is given up, after
almost two days: a mail server that is away over night loses nothing."""

LONGEST_ERROR = 500

_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def send_next_mail() -> bool:
    """Send the e-mail that is due the longest; False if none is. Whatever goes wrong is recorded, not raised.

    Raises DatabaseError where the database does not serve.
    """
    held = claim_mail()
    if held is None:
        return False
    if held.attempts > len(PAUSES) + 1:
        settle(held, MailState.FAILED, error="Whoever tried to send it did not live to say what became of it.")
        return True
    try:
        message = write_mail(held.notice)
        if message is not None:
            message.send()
    except (DatabaseError, InterfaceError):
        raise  # nothing could be recorded now: the claim runs out, and it is tried again
    except Exception as error:
        _settle_failure(held, error)
    else:
        settle(held, MailState.NONE if message is None else MailState.SENT)
    return True


def write_mail(notice_key: int) -> EmailMessage | None:
    """Return the e-mail of a notice, as things stand now; None if there is none to be sent any more.

    Plain text, in words; nobody whom the job removes or puts back is named, nor is what an administrator wrote but the
    title, whose line breaks can make no header.
    """
    notice = Notice.objects.select_related("recipient").filter(pk=notice_key).first()
    if notice is None:
        return None
    recipient = notice.recipient
    job = _job_told(recipient, notice)
    if job is None or not (recipient.is_active and recipient.email and recipient.notices_by_mail):
        return None
    title = mailed_title(job)
    subject = f"{title}: {one_line(notice_words(notice, job, undo_told(notice)))}"
    return EmailMessage(
        subject,
        _body(notice, job, subject),
        to=[recipient.email],
        headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
    )


def _job_told(recipient: User, notice: Notice) -> Job | None:
    try:
        job = find_job(recipient, notice.job_id)
    except NotFound:
        return None
    if notice.kind == NoticeKind.WAITS and job.state != JobState.AWAITING_APPROVAL:
        return None  # somebody else has decided meanwhile
    return job


def mailed_title(job: Job) -> str:
    """Return a job's title on one line. What undoes the removal of one person is called by their name: not in mail."""
    if _is_about_one_removal(job):
        return _("Undo of one removal")
    return one_line(job.operation.title)


def _is_about_one_removal(job: Job) -> bool:
    """Whether a job undoes, directly or by another undo, one record, or an operation that is no job: of one person."""
    while True:
        if job.restores and RestoreOptions.from_json(job.options).record is not None:
            return True
        if job.undo_of is None:
            return job.restores
        job = job.undo_of


def one_line(text: str) -> str:
    """Return a text without line breaks, which could begin a header, and without what turns the direction of others."""
    return " ".join(_NO_TEXT.sub(" ", _TURNS.sub("", text)).split())


def _body(notice: Notice, job: Job, subject: str) -> str:
    recipient = notice.recipient
    facts = _("Job %(id)s, made by %(name)s on %(time)s.") % {
        "id": job.pk,
        "name": one_line(job.operation.actor_name),
        "time": _shown(job.operation.created_at, recipient),
    }
    site = settings.ENVIRONMENT.site_url
    where = f"{site}/certification-removal/{job.pk}/" if site else _("Its page has the rest.")
    why = (
        _("You get this because you may approve the job.")
        if notice.kind == NoticeKind.WAITS
        else _("You get this because you made the job.")
    )
    nobody = _("The people whom it concerns are not mailed.")
    switch = _("You can turn these e-mails off in your preferences.")
    return f"{subject}\n\n{facts}\n{where}\n\n{nobody}\n{why} {switch}\n"


def _shown(moment: datetime, reader: User) -> str:
    local = moment.astimezone(zone_of(reader))
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"


def _settle_failure(held: MailClaim, error: Exception) -> None:
    told = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    if is_final(error) or held.attempts > len(PAUSES):
        logger.warning("Notice %s: its e-mail is given up: %s", held.notice, told)
        settle(held, MailState.FAILED, error=told)
        return
    pause = PAUSES[held.attempts - 1]
    logger.warning("Notice %s: its e-mail is tried again in %s s: %s", held.notice, pause, told)
    settle(held, MailState.WAITING, error=told, again_in=pause)


def is_final(error: Exception) -> bool:
    """Whether it makes no sense to try again: the server refuses this address or this message for good.

    That it does not know *us* is not final: somebody will mend that.
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= 500 for code, _words in error.recipients.values())
        case smtplib.SMTPDataError():
            return error.smtp_code >= 500
        case OSError():
            return False  # a certificate that is not accepted is a ValueError, too
        case ValueError():
            return True  # Django's word for no usable address, or for a header of two lines
    return False
