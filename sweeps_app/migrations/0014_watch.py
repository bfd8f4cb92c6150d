from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sweeps_app", "0013_analysis_of_selections"),
    ]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "part",
                    models.CharField(
                        choices=[("web", "Web"), ("workers", "Workers")],
                        max_length=8,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("heartbeat_at", models.DateTimeField()),
            ],
        ),
    ]
