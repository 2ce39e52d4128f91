"""The supervisor of ``serve``: what ends is started again, more slowly each time; what cannot start ends all."""

from __future__ import annotations

import signal
import sys

import pytest

from certremoval.cli.serving import supervisor
from certremoval.cli.serving.supervisor import CannotStart, Child, Supervisor

ENDS = (sys.executable, "-c", "raise SystemExit(3)")
STAYS = (sys.executable, "-c", "import sys; sys.stdin.read()")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)


def test_a_child_that_ends_is_started_again_more_slowly_each_time() -> None:
    said: list[str] = []
    children = [Child("worker", ENDS)]
    running = Supervisor(children, said.append)

    def say(line: str) -> None:
        said.append(line)
        running.stops = int(len(said) == 4)

    running.say = say
    running.run()

    pauses = [line.removeprefix("The worker has ended with code 3. It is started again in ") for line in said]
    assert pauses == ["0.01 s.", "0.02 s.", "0.04 s.", "0.08 s."]


def test_a_child_that_we_cannot_do_without_ends_all() -> None:
    said: list[str] = []
    other = Child("worker", STAYS)

    with pytest.raises(CannotStart, match="The web server does not start"):
        Supervisor([Child("web server", ENDS, needed=True), other], said.append).run()

    assert len(said) == 2
    assert other.process is not None
    assert other.process.returncode < 0, "ended by a signal, and waited for"


def test_signals_are_given_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with pytest.raises(CannotStart):
        Supervisor([Child("web server", ENDS, needed=True)], lambda line: None).run()

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before
