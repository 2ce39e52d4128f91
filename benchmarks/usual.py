"""What is usually done instead, on a sample: ``python -m benchmarks.usual loop|import_export FOLDER ROWS``."""

from __future__ import annotations

import csv
import sys
from itertools import islice
from pathlib import Path

from benchmarks.measuring import Watch


def loop(folder: Path, rows: int) -> None:
    """A loop over the lines: look up person, certification and enrollment, a transaction for each.

    That is how bulk removals are commonly written in a learning platform. It leaves a record as ours does.
    """
    from django.db import transaction

    from certremoval.certifications.models import Certification, Enrollment, RemovalRecord
    from certremoval.database.clock import database_now
    from certremoval.organization.models import User

    watch, done = Watch(), 0
    with watch.stage("everything"):
        for certification_id, user_id in _sample(folder, rows):
            with transaction.atomic():
                user = User.objects.get(user_id=user_id)
                certification = Certification.objects.get(certification_id=certification_id)
                enrollment = Enrollment.objects.select_for_update().get(user=user, certification=certification)
                RemovalRecord.objects.create(
                    operation_id=1,
                    enrollment_id=enrollment.pk,
                    revision=enrollment.revision,
                    certification_key=certification.pk,
                    certification_id=certification.certification_id,
                    certification_title=certification.title,
                    user_key=user.pk,
                    user_id=user.user_id,
                    user_name=user.full_name,
                    status=enrollment.status,
                    version=enrollment.version,
                    period=enrollment.period,
                    identifier=enrollment.identifier,
                    assigned_date=enrollment.assigned_date,
                    due_date=enrollment.due_date,
                    certified_date=enrollment.certified_date,
                    expiration_date=enrollment.expiration_date,
                    removed_at=database_now(),
                )
                enrollment.delete()
                done += 1
    watch.tell(rows=done)


def import_export(folder: Path, rows: int) -> None:
    """django-import-export: a resource whose rows are deletions, in one transaction. It leaves no record."""
    import tablib
    from import_export import fields, resources
    from import_export.widgets import ForeignKeyWidget

    from certremoval.certifications.models import Certification, Enrollment
    from certremoval.organization.models import User

    class Removals(resources.ModelResource):  # type: ignore[misc]  # the library has no types
        certification = fields.Field(
            "certification", "certification", ForeignKeyWidget(Certification, "certification_id")
        )
        user = fields.Field("user", "user", ForeignKeyWidget(User, "user_id"))

        class Meta:
            model = Enrollment
            fields = ("certification", "user")
            import_id_fields = ("certification", "user")
            use_transactions = True

        def for_delete(self, row: object, instance: object) -> bool:
            return True

    dataset = tablib.Dataset(*_sample(folder, rows), headers=["certification", "user"])
    watch = Watch()
    with watch.stage("everything"):
        outcome = Removals().import_data(dataset, raise_errors=True)
    assert outcome.totals["delete"] == rows, outcome.totals
    watch.tell(rows=rows)


def _sample(folder: Path, rows: int) -> list[tuple[str, str]]:
    with (folder / "removal.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return [(certification, user) for certification, user in islice(reader, rows)]


if __name__ == "__main__":
    import django

    django.setup()
    globals()[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
