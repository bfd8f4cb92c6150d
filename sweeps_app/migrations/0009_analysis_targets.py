from django.db import migrations, models


def forget_results(apps, schema_editor):
    """Results are computed again when somebody looks, and the earlier ones name no metric."""
    apps.get_model("sweeps_app", "AnalysisResult").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("sweeps_app", "0008_views"),
    ]

    operations = [
        migrations.RunPython(forget_results, forget_results),
        migrations.RemoveConstraint(
            model_name="analysisresult",
            name="analysis_once",
        ),
        migrations.AddField(
            model_name="analysisresult",
            name="target",
            field=models.CharField(default="", max_length=255),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="analysisresult",
            constraint=models.UniqueConstraint(fields=("sweep", "kind", "target"), name="analysis_once"),
        ),
    ]
