"""Jobs are found by a certification of theirs: 100,000 of them read whole took a tenth of a second."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("removals", "0003_previews"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="jobcertification",
            index=models.Index(fields=["certification_id", "job"], name="jobs_of_certification"),
        ),
    ]
