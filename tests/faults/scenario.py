"""Several jobs on the same people, a draft of them, several workers, people at the pages; and somebody who disturbs."""

from __future__ import annotations

import random
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.processes.conftest import PEOPLE, Installation

PASSWORD = "not-a-secret-1"
PATIENCE = 100.0
"""Seconds in which everything ends once nobody disturbs it."""
WORKERS = 2
LEASE_SECONDS = "2"
UNDONE_BY_DRAFT = 5_000
"""So many people come back by a job that was a draft first; every job that removed them all has as many."""

_AS_ADMIN = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "certremoval.config.settings"
import django
django.setup()
from certremoval.organization.models import User
from certremoval.removals.checks import SAID
from certremoval.certifications.models import RemovalRecord
from certremoval.removals.drafts import discard, revise_draft, upload_draft
from certremoval.removals.jobs import find_job
from certremoval.removals.options import PlanOptions
from certremoval.removals.submitting import remove_file, submit
from certremoval.removals.undoing import draft_undo, undo_job
admin = User.objects.get(user_id="admin")
"""
PREPARE = f"""{_AS_ADMIN}
admin.set_password("{PASSWORD}")
admin.save()
*files, draft = sys.argv[1:]
for name in files:
    with open(name, "rb") as source:
        print(remove_file(admin, source, name=name, title=name[-20:], options=PlanOptions(), confirm=bool).id)
with open(draft, "rb") as source:
    print(upload_draft(admin, source, name=draft, title=draft[-20:], options=PlanOptions()).id)
"""
CHECK_AGAIN = f"""{_AS_ADMIN}
draft = find_job(admin, int(sys.argv[1]))
if draft.restores:  # has no file that could be read again
    discard(admin, draft.id)
    draft = draft_undo(admin, draft.undo_of_id, users=draft.options["users"])
else:
    revise_draft(admin, draft.id, options=PlanOptions())
print(draft.id)
"""
SUBMIT = f"""{_AS_ADMIN}
draft = find_job(admin, int(sys.argv[1]))
submit(admin, draft.id, plan_number=draft.plan_number, skip_problems=True, typed=draft.remove_count, said=SAID)
"""

UNDO = f"""{_AS_ADMIN}
removed = {{}}
for number in sys.argv[2:]:
    records = RemovalRecord.objects.filter(operation_id=find_job(admin, int(number)).operation_id)
    if records:
        removed[int(number)] = sorted(records.values_list("user_id", flat=True))
largest = max(removed, key=lambda job: len(removed[job]))
by_draft = removed[largest][: int(sys.argv[1])]
for job, users in removed.items():
    if job != largest:
        print(undo_job(admin, job).id)
    elif users[len(by_draft) :]:
        print(undo_job(admin, job, users=users[len(by_draft) :]).id)
print(draft_undo(admin, largest, users=by_draft).id)
"""


class Scenario:
    """One installation under disturbance. ``seed`` decides who is in which job, and what is disturbed when.

    Where ``may_fail``, a job may fail for a reason that it tells, and is resumed.
    """

    def __init__(self, installation: Installation, seed: int, *, may_fail: bool = True) -> None:
        self.installation = installation
        self.may_fail = may_fail
        self.chance = random.Random(seed)
        self.workers: list[subprocess.Popen[str]] = []
        self.jobs: list[int] = []
        self.undos: list[int] = []
        self.draft = 0
        """Whose plan a worker makes, of :attr:`in_draft` lines; it is a job like the others once it is submitted."""
        self.in_draft = PEOPLE
        installation.extra["CERTREMOVAL_LEASE_SECONDS"] = LEASE_SECONDS

    def submit_jobs(self) -> None:
        """Queue three jobs: everyone, and two that name some of them again, in other orders.

        Everyone is uploaded as a draft, too, which is checked while the jobs run.
        """
        everyone = [f"FORKLIFT-3Y,{number:06}" for number in range(1, PEOPLE + 1)]
        backwards, shuffled = everyone[:-10_000:-1], self.chance.sample(everyone, 10_000)
        files = []
        lists = {"everyone": everyone, "backwards": backwards, "shuffled": shuffled, "draft": everyone}
        for name, lines in lists.items():
            files.append(self.installation.folder / f"{name}.csv")
            files[-1].write_text("\n".join(["Certification ID,User ID", *lines]), encoding="utf-8")
        *self.jobs, self.draft = (int(number) for number in self._python(PREPARE, *map(str, files)).split())

    def undo_jobs(self) -> None:
        """Queue an undo of each job that removed anybody; some people of the largest are undone by a draft."""
        said = self._python(UNDO, str(UNDONE_BY_DRAFT), *map(str, self.jobs))
        *self.undos, self.draft = (int(number) for number in said.split())
        self.in_draft = UNDONE_BY_DRAFT

    def check_again(self) -> None:
        """Have the file of the draft checked once more, as who looks at it may."""
        self.draft = int(self._python(CHECK_AGAIN, str(self.draft)))

    def submit_draft(self) -> None:
        """Make the draft a job like the others."""
        self._python(SUBMIT, str(self.draft))
        (self.undos or self.jobs).append(self.draft)

    def _python(self, code: str, *arguments: str) -> str:
        process = self.installation.start_python("-c", code, *arguments)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        return str(out)

    # --- workers

    def start_workers(self) -> None:
        """Start workers until there are as many as there should be."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < WORKERS:
            self.start_worker()

    def start_worker(self, **environment: str) -> subprocess.Popen[str]:
        """Start a worker, with further environment."""
        before = dict(self.installation.extra)
        self.installation.extra.update(environment)
        try:
            worker = self.installation.start("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        finally:
            self.installation.extra.clear()
            self.installation.extra.update(before)
        self.workers.append(worker)
        return worker

    def any_worker(self) -> subprocess.Popen[str]:
        """Return one that runs; one that was asked to stop may have gone since."""
        self.start_workers()
        return self.chance.choice([worker for worker in self.workers if worker.poll() is None])

    # --- disturbing

    def disturb(self, fault: Callable[[Scenario], None], times: int) -> int:
        """Do it at random moments, each time after some work was done since; until all jobs have ended.

        Returns how often it was done.
        """
        self.start_workers()
        faults, done = 0, self.done()
        while faults < times and not self.all_ended():
            self._wait_for_work(done)
            time.sleep(self.chance.uniform(0, 0.15))
            done = self.done()
            fault(self)
            faults += 1
            self.start_workers()
        return faults

    def _wait_for_work(self, done: int) -> None:
        until = time.monotonic() + float(LEASE_SECONDS) * 2
        while self.done() == done and not self.all_ended() and time.monotonic() < until:
            time.sleep(0.005)

    def done(self) -> int:
        """Return how many rows all jobs have behind them, and how often the draft was taken up."""
        return self._ask("SELECT SUM(checkpoint + CASE WHEN state = 'checking' THEN attempts ELSE 0 END) FROM jobs")

    def who_checks_the_draft(self) -> str | None:
        """Return the token of the process that has the draft, which may be dead; None if nobody has it."""
        query = f"SELECT lease_token FROM jobs WHERE id = {self.draft} AND state = 'checking'"
        return next((token for (token,) in self.installation.database.query(query)), None)

    def wait_until_draft_is_checked_by_another(self, than: str | None) -> str:
        """Return the token of the next process that has the draft. If it has been checked, have it checked again."""
        until = time.monotonic() + PATIENCE
        while (token := self.who_checks_the_draft()) in (None, than):
            if self.installation.state(self.draft) == "draft":
                self.check_again()
            assert time.monotonic() < until, "nobody checks the draft"
            time.sleep(0.005)
        assert token is not None
        return token

    def all_ended(self) -> bool:
        """Tell whether no job is to go on, and no draft to be checked."""
        return self._ask("SELECT COUNT(*) FROM jobs WHERE state IN ('queued', 'in_progress', 'checking')") == 0

    def _ask(self, statement: str) -> int:
        # The database may be what is disturbed.
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return int(self.installation.database.query(statement)[0][0])
            except Exception:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    # --- the end

    def finish(self) -> None:
        """Let everything end, the draft included, which is submitted too. What failed is tried again."""
        self._let_all_end()
        if self.draft not in self.jobs + self.undos:
            if self.installation.database.query(f"SELECT error FROM jobs WHERE id = {self.draft}") != [("",)]:
                self.check_again()  # it was given up, with a reason: whoever checked it was disturbed too often
                self._let_all_end()
            self._assert_planned_once(self.draft)
            self.submit_draft()
            self._let_all_end()
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.communicate(timeout=PATIENCE)

    def _let_all_end(self) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            while not self.all_ended():
                self.start_workers()  # one that was asked to stop may still have run a moment ago
                assert time.monotonic() < until, f"jobs do not end: {self.states()}"
                time.sleep(0.02)
            failed = [job for job in self.jobs + self.undos if self.installation.state(job) == "failed"]
            if not failed:
                return
            for job in failed:
                ((reason,),) = self.installation.database.query(f"SELECT error FROM jobs WHERE id = {job}")
                assert reason, "a job failed without a reason"
                assert self.may_fail, f"a job is not to fail, whatever was disturbed: {reason}"
                self.installation.json("resume", str(job))

    def _assert_planned_once(self, draft: int) -> None:
        """The draft has one plan, whole: every line once, and every step that it counts."""
        query = self.installation.database.query
        ((state, error, plan, rows, steps),) = query(
            f"SELECT state, error, plan_number, row_count, remove_count FROM jobs WHERE id = {draft}"
        )
        assert (state, error, rows) == ("draft", "", self.in_draft)
        kept = f"FROM job_{{}} WHERE job_id = {draft} AND plan_number = {plan}"
        assert query(f"SELECT COUNT(*), COUNT(DISTINCT line) {kept.format('rows')}") == [(rows, rows)]
        assert query(f"SELECT COUNT(*), COUNT(DISTINCT position) {kept.format('steps')}") == [(steps, steps)]

    def states(self) -> dict[int, str]:
        """Return the jobs' states."""
        return {job: self.installation.state(job) for job in {*self.jobs, *self.undos, self.draft}}

    def assert_removed_exactly_once(self) -> None:
        """Every row of every job counts once, everybody was removed by one job, and every promise holds."""
        query = self.installation.database.query
        assert self._counted(self.jobs, done="removed", left="remove") == PEOPLE
        assert query("SELECT COUNT(*) FROM enrollments") == [(0,)]
        assert query("SELECT COUNT(*), COUNT(DISTINCT user_id) FROM removal_records") == [(PEOPLE, PEOPLE)]
        (jobs,) = query("SELECT COUNT(DISTINCT operation_id) FROM removal_records")[0]
        assert 1 <= jobs <= len(self.jobs)

    def assert_back_exactly_once(self) -> None:
        """Everybody was put back by one undo with what they had, each row counts once, and every promise holds."""
        query = self.installation.database.query
        assert self._counted(self.undos, done="restored", left="restore") == PEOPLE
        on_it = "SELECT COUNT(*), COUNT(DISTINCT user_id) FROM enrollments WHERE status = 'Certified'"
        assert query(on_it) == [(PEOPLE, PEOPLE)]
        assert query("SELECT COUNT(*), COUNT(DISTINCT record_id) FROM restorations") == [(PEOPLE, PEOPLE)]
        assert query("SELECT COUNT(*), COUNT(DISTINCT user_id) FROM removal_records") == [(PEOPLE, PEOPLE)]

    def _counted(self, jobs: list[int], *, done: str, left: str) -> int:
        """Return for how many people those jobs have ``done`` it. Each has ended, and ``verify`` is clean."""
        verified = self.installation.run("verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
        answers = {answer["id"]: answer for answer in self.installation.json("jobs")["jobs"]}
        assert sorted(answers) == sorted(self.jobs + self.undos)
        for answer in answers.values():
            assert answer["status"] == "processed"
        for counts in (answers[job]["counts"] for job in jobs):
            assert sum(count for outcome, count in counts.items() if outcome != "rows") == counts["rows"]
            assert not counts.get(left)
        return sum(answers[job]["counts"][done] for job in jobs)

    @contextmanager
    def people_at_the_pages(self) -> Iterator[Traffic]:
        """Somebody reads lists and saves something, again and again, while the block runs."""
        log = self.installation.folder / "serve.log"
        with log.open("w") as to:
            server = self.installation.start("serve", "--port", "0", "--workers", "0", stdout=to, stderr=to)
        until = time.monotonic() + PATIENCE
        while not (found := re.search(r"http://localhost:(\d+)", log.read_text())):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        traffic = Traffic(f"http://127.0.0.1:{found[1]}")
        thread = threading.Thread(target=traffic.go_on, daemon=True)
        thread.start()
        try:
            assert traffic.begun.wait(PATIENCE), traffic.answers
            yield traffic
        finally:
            traffic.stop()
            thread.join(PATIENCE)
            server.terminate()
            server.wait(PATIENCE)


class Traffic:
    """One administrator's browser. ``answers`` holds (method, path, status) of what did not go well."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._token = ""
        self._stopped = threading.Event()
        self.begun = threading.Event()
        self.count = 0
        self.answers: set[tuple[str, str, int]] = set()

    def go_on(self) -> None:
        """Sign in, then read and write until stopped."""
        self._ask("/sign-in/")
        self._ask("/sign-in/", username="admin", password=PASSWORD)
        self._ask("/preferences/")
        while not self._stopped.is_set():
            self._ask("/certification-removal/")
            self._ask("/preferences/", theme="dark", time_zone="UTC")
            self.count += 1
            self.begun.set()
            self._stopped.wait(0.05)

    def stop(self) -> None:
        """Stop after the request at hand."""
        self._stopped.set()

    def _ask(self, path: str, **fields: str) -> None:
        data = urlencode({**fields, "csrfmiddlewaretoken": self._token}).encode() if fields else None
        request = Request(self._address + path, data, {"Referer": self._address + path})
        try:
            with self._opener.open(request, timeout=60) as answer:
                found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
                self._token = found[1] if found else self._token
        except HTTPError as error:
            self.answers.add((request.get_method(), path, error.code))
        except (OSError, HTTPException):
            with suppress(ValueError):
                self.answers.add((request.get_method(), path, 0))
