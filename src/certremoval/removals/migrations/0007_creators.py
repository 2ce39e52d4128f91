"""Jobs are counted by creator and state without their operations."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def copy_creators(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Fill the column of the jobs that there are, in one statement."""
    operation = apps.get_model("certifications", "Operation").objects.filter(pk=OuterRef("operation_id"))
    apps.get_model("removals", "Job").objects.update(creator_key=Subquery(operation.values("actor_id")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("removals", "0006_changes_accepted"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="creator_key",
            field=models.BigIntegerField(
                editable=False,
                help_text="The operation's actor, who never changes: so one index counts jobs by creator and state.",
                null=True,
            ),
        ),
        migrations.RunPython(copy_creators, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["creator_key", "state"], name="jobs_by_creator"),
        ),
    ]
