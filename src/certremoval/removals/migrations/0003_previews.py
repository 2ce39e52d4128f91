"""What a preview shows of a plan, and the indexes of the lists.

Rows that are not to be removed are looked at by outcome, and are few as a rule: an index of them alone costs planning
next to nothing, where one of all rows cost five times as much as the rows (see 0002).
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certifications", "0003_indexes_of_lists"),
        ("removals", "0002_job_rows"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="planned_at",
            field=models.DateTimeField(help_text="When the plan that counts was made: the preview's age.", null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="removes_creator",
            field=models.BooleanField(default=False, help_text="Its creator is one of those to be removed."),
        ),
        migrations.AddField(
            model_name="job",
            name="statuses",
            field=models.JSONField(default=dict, help_text="Rows to be removed by enrollment status."),
        ),
        migrations.AddField(
            model_name="job",
            name="units",
            field=models.JSONField(
                default=list,
                help_text="Rows to be removed by unit, for each OU type; of drafts, see planning.UnitCounts.",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["ended_at", "id"], name="jobs_by_process_date"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["state", "id"], name="jobs_by_state"),
        ),
        migrations.RunSQL(
            "CREATE INDEX job_rows_by_outcome ON job_rows (job_id, plan_number, outcome, line)"
            " WHERE outcome <> 'remove'",
            "DROP INDEX job_rows_by_outcome",
        ),
    ]
