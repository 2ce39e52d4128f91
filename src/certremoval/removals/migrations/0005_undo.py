"""What the preview of an undo warns of; a job's counts are of rows removed or put back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("removals", "0004_jobs_of_certification"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="warnings",
            field=models.JSONField(
                default=dict,
                help_text="Of an undo: who comes back with an expiry date now past (expired), or is inactive.",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="remove_count",
            field=models.PositiveBigIntegerField(
                default=0, help_text="Rows to be removed (of a restore, put back); they are positions 1 to this."
            ),
        ),
        migrations.AlterField(
            model_name="jobcertification",
            name="removed",
            field=models.PositiveBigIntegerField(default=0, help_text="People taken off it; of a restore, put back."),
        ),
    ]
