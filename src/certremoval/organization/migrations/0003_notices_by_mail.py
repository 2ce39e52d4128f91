"""Whether somebody wants by e-mail what the bell tells."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organization", "0002_names_and_preferences"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="notices_by_mail",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Whether what the bell tells is sent by e-mail too, where there is any.",
            ),
        ),
    ]
