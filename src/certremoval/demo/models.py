"""That a database holds the demonstration: what it was made of, and how far."""

from __future__ import annotations

from django.db import models


class Demonstration(models.Model):
    """The demonstration in this database: one row, or none where the people are somebody's own.

    The organisation is made of the three values alone, so that its files can be written again at any later day.
    """

    id: int
    users = models.PositiveIntegerField()
    seed = models.PositiveIntegerField()
    today = models.DateField(help_text="The day that its dates are relative to.")
    steps_done = models.PositiveIntegerField(default=0, help_text="An interrupted build goes on after them.")
    is_complete = models.BooleanField(default=False, help_text="Built no further, by a later version neither.")

    class Meta:
        db_table = "demonstrations"

    def __str__(self) -> str:
        return f"Demonstration of {self.users} users"
