from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="Pair",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("subject", "day", "actor", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("subject", models.CharField(max_length=80)),
                ("day", models.DateField()),
                ("actor", models.CharField(max_length=200)),
            ],
            options={"db_table": "alerts_pair"},
        ),
        # rows come in the order of days and go by days
        migrations.RunSQL("CREATE INDEX alerts_pair_day ON alerts_pair USING brin (day)", "DROP INDEX alerts_pair_day"),
    ]
