from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sweeps_app", "0012_wandb_attempts"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="analysisresult",
            name="analysis_once",
        ),
        migrations.AddField(
            model_name="analysisresult",
            name="selection_digest",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="analysisresult",
            constraint=models.UniqueConstraint(
                fields=("sweep", "kind", "target", "selection_digest"), name="analysis_once"
            ),
        ),
    ]
