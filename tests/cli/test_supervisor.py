"""The supervisor of ``serve``: what ends is started again, more slowly each time; what cannot start ends all."""

from __future__ import annotations

import signal
import sys
from types import SimpleNamespace

import pytest

from certremoval.cli.serving import supervisor
from certremoval.cli.serving.supervisor import CannotStart, Child, Supervisor

ENDS = (sys.executable, "-c", "raise SystemExit(3)")
STAYS = (sys.executable, "-c", "import sys; sys.stdin.read()")


class Clock:
    """A clock that goes on by being looked at; pauses take no time."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 0.05
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(supervisor, "time", SimpleNamespace(monotonic=clock.monotonic, sleep=lambda seconds: None))
    return clock


def test_a_child_that_ends_is_started_again_more_slowly_each_time(clock: Clock) -> None:
    said: list[str] = []
    children = [Child("worker", ENDS)]
    running = Supervisor(children, said.append)

    def say(line: str) -> None:
        said.append(line)
        clock.now += 100 if len(said) == 4 else 0
        running.stops = int(len(said) == 4)

    running.say = say
    running.run()

    pauses = [line.removeprefix("The worker has ended with code 3. It is started again in ") for line in said]
    assert pauses == ["1 s.", "2 s.", "4 s.", "8 s."]


def test_a_child_that_we_cannot_do_without_ends_all(clock: Clock) -> None:
    said: list[str] = []
    other = Child("worker", STAYS)

    with pytest.raises(CannotStart, match="The web server does not start"):
        Supervisor([Child("web server", ENDS, needed=True), other], said.append).run()

    assert len(said) == 2
    assert other.process is not None
    assert other.process.poll() == -signal.SIGTERM


def test_signals_are_given_back(clock: Clock) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with pytest.raises(CannotStart):
        Supervisor([Child("web server", ENDS, needed=True)], lambda line: None).run()

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before
