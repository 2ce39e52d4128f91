"""What creators and approvers are told of jobs, and how far its e-mail is."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("removals", "0009_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("waits", "Waits for your approval"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("processed", "Processed"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("undone", "Undone"),
                        ],
                        max_length=20,
                    ),
                ),
                ("occasion", models.PositiveBigIntegerField(default=0)),
                (
                    "by_name",
                    models.CharField(
                        blank=True, default="", help_text="Who did what is told, as then.", max_length=511
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "message_id",
                    models.CharField(help_text="Of its e-mail: the same however often it is tried.", max_length=255),
                ),
                (
                    "mail_state",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("waiting", "Waiting"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("mail_attempts", models.PositiveIntegerField(default=0)),
                (
                    "mail_due_at",
                    models.DateTimeField(
                        help_text="When to try; of one being sent, when its sender is dead.", null=True
                    ),
                ),
                ("mail_tried_at", models.DateTimeField(null=True)),
                ("mail_error", models.TextField(blank=True, default="", help_text="Why the last try failed.")),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="removals.job",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "notices",
                "indexes": [
                    models.Index(fields=["recipient", "id"], name="notices_of_recipient"),
                    models.Index(condition=models.Q(("seen_at", None)), fields=["recipient"], name="notices_unseen"),
                    models.Index(
                        condition=models.Q(("mail_state__in", ["waiting", "sending"])),
                        fields=["mail_due_at"],
                        name="notices_to_be_mailed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("job", "recipient", "kind", "occasion"), name="told_once")
                ],
            },
        ),
    ]
