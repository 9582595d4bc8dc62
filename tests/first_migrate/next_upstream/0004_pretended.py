"""As a next dj-stripe might bring it: a column, and rows that are changed."""

from django.db import migrations, models


def fill(apps, schema_editor):
    apps.get_model("djstripe", "Customer").objects.update(pretended="moved")


class Migration(migrations.Migration):
    dependencies = [("djstripe", "0003_2_11")]
    operations = [
        migrations.AddField("customer", "pretended", models.CharField(max_length=20, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
