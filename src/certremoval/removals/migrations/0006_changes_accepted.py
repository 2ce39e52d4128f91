"""A job that has met too many changes since its preview stops, and goes on when somebody has looked at them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("removals", "0005_undo"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="changes_accepted",
            field=models.PositiveBigIntegerField(
                default=0, help_text="Rows changed since the preview, up to which somebody has let the job go on."
            ),
        ),
    ]
