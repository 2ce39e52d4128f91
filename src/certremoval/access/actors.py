"""Whom a command acts for."""

from __future__ import annotations

from certremoval.organization.models import User
from certremoval.reading import lookalike_key

_MOST_NAMED = 3


class NoActor(Exception):
    """It is not clear for whom to act; ``message`` says what to write. The command line ends with exit code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def acting_administrator(user_id: str | None) -> User:
    """Return the active user whom ``--as`` names; left out (None), the one active superuser.

    What they may do is asked by each rule. Raises NoActor where nobody, nobody active or more than one fits.
    """
    return _only_superuser() if user_id is None else _named(user_id)


def _only_superuser() -> User:
    superusers = list(User.objects.filter(is_superuser=True, is_active=True).order_by("pk")[: _MOST_NAMED + 1])
    match superusers:
        case [only]:
            return only
        case []:
            raise NoActor(
                "There is no active superuser to act for. Name an administrator with --as USER_ID,"
                " or make a superuser with: certremoval createsuperuser"
            )
    names = ", ".join(user.user_id for user in superusers[:_MOST_NAMED])
    more = " and others" if len(superusers) > _MOST_NAMED else ""
    raise NoActor(f"There is more than one superuser ({names}{more}). Say who acts, with --as USER_ID.")


def _named(user_id: str) -> User:
    user = User.objects.filter(user_id=user_id).first()
    if user is None:
        raise NoActor(f"--as {user_id}: {_nobody(user_id)}")
    if not user.is_active:
        raise NoActor(f"--as {user_id}: {user} is inactive. Name an active administrator.")
    return user


def _nobody(user_id: str) -> str:
    """Say that nobody is known by the User ID, and who could have been meant."""
    close = list(User.objects.filter(lookalike_key=lookalike_key(user_id)[:255], is_active=True)[:2])
    if len(close) == 1:
        return f"{user_id} is nobody here, but {close[0].user_id} ({close[0].full_name}) is. Did you mean them?"
    return f"{user_id} is nobody here. Compare it with the User ID on the person's page."
