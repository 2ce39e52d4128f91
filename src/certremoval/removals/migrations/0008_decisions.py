"""Who decided on a job that waited for approval; what tells the same people sent before."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certifications", "0003_indexes_of_lists"),
        ("removals", "0007_creators"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("approved", models.BooleanField()),
                ("reason", models.CharField(blank=True, default="", max_length=255)),
                ("actor_user_id", models.CharField(max_length=255)),
                ("actor_name", models.CharField(max_length=511)),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "db_table": "decisions",
            },
        ),
        migrations.AddField(
            model_name="job",
            name="people_key",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Stands for who is named on which certifications, however the file is written.",
                max_length=64,
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["people_key"], name="jobs_by_people"),
        ),
        migrations.AddField(
            model_name="decision",
            name="actor",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="job",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="decision", to="removals.job"
            ),
        ),
    ]
