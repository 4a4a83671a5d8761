"""Search rows also say how often an entry is brought up to date, how sensitive its items are, and whose it is by region."""

import django.contrib.postgres.fields
from django.db import migrations, models

FILL = """
UPDATE catalog_search AS shown
   SET update_cycle = revision.update_cycle, tier = provider.tier, region = provider.region,
       sensitivities = ARRAY(SELECT DISTINCT item.sensitivity FROM catalog_item AS item WHERE item.revision_id = revision.id ORDER BY 1)
  FROM catalog_listing AS listing
  JOIN catalog_revision AS revision ON revision.id = listing.listed_id,
       organizations_organization AS provider
 WHERE listing.entry_id = shown.entry_id AND provider.id = shown.provider_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_seed"),
    ]

    operations = [
        migrations.AddField(
            model_name="searchrow",
            name="region",
            field=models.CharField(default="", max_length=12),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="sensitivities",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="tier",
            field=models.CharField(default="", max_length=8),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="update_cycle",
            field=models.CharField(default="", max_length=12, verbose_name="更新周期"),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(fields=["taken_at"], name="catalog_step_taken"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
