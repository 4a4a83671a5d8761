from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sources", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="frontdatabase",
            name="engine",
            field=models.CharField(choices=[("postgresql", "PostgreSQL"), ("mysql", "MySQL / MariaDB")], max_length=12),
        ),
        migrations.RemoveConstraint(model_name="frontdatabase", name="sources_engine_known"),
        migrations.AddConstraint(
            model_name="frontdatabase",
            constraint=models.CheckConstraint(condition=models.Q(("engine__in", ["postgresql", "mysql"])), name="sources_engine_known"),
        ),
    ]
