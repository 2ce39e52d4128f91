"""When the lines and the file of a job were deleted; what its counts need of them is kept with the job."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("removals", "0008_decisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="purged_at",
            field=models.DateTimeField(
                help_text="When its lines and its file began to be deleted; from then on nobody is shown them.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="purge_ended_at",
            field=models.DateTimeField(help_text="When the last of them was gone.", null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="purged_counts",
            field=models.JSONField(
                default=dict,
                help_text="Of a purged job: rows that were left alone when it came to them, by outcome.",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False), ("purged_at__isnull", True)),
                fields=["ended_at"],
                name="jobs_to_be_purged",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("purge_ended_at__isnull", True), ("purged_at__isnull", False)),
                fields=["id"],
                name="jobs_being_purged",
            ),
        ),
    ]
