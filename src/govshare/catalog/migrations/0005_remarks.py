"""Remarks of a return, place by place; kept as the step is."""

import django.db.models.deletion
from django.db import migrations, models

import govshare.kernel.ids

GUARD = """
CREATE TRIGGER catalog_remark_stays BEFORE UPDATE OR DELETE ON catalog_remark FOR EACH ROW EXECUTE FUNCTION catalog_refuse('history is kept');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_search_facets"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlacedRemark",
            fields=[
                ("id", models.UUIDField(default=govshare.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("place", models.CharField(max_length=120)),
                ("text", models.TextField()),
                ("step", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="remarks", to="catalog.step")),
            ],
            options={
                "db_table": "catalog_remark",
                "ordering": ["step", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("step", "position"), name="catalog_remark_once"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("place", ""), _negated=True), ("text__regex", "\\S")),
                        name="catalog_remark_says_something",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, "DROP TRIGGER catalog_remark_stays ON catalog_remark"),
    ]
