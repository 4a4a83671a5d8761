"""Two more ways in which a table comes to equal its source: by watermark, and by comparison of snapshots."""

from django.db import migrations, models
from django.db.models import Q

WAYS = [("full", "整表替换"), ("increment", "按水位增量"), ("difference", "快照比对")]
MODES = [way for way, _label in WAYS]

FIXED = """
DROP TRIGGER exchange_transfer_fixed ON exchange_transfer;
CREATE TRIGGER exchange_transfer_fixed BEFORE UPDATE ON exchange_transfer FOR EACH ROW
    WHEN ((OLD.id, OLD.number, OLD.grant_id, OLD.provider_id, OLD.recipient_id, OLD.target_id, OLD."table", OLD.mode, OLD.watermark,
           OLD.overlap, OLD.ordered_at, OLD.ordered_by)
          IS DISTINCT FROM
          (NEW.id, NEW.number, NEW.grant_id, NEW.provider_id, NEW.recipient_id, NEW.target_id, NEW."table", NEW.mode, NEW.watermark,
           NEW.overlap, NEW.ordered_at, NEW.ordered_by)
          OR OLD.status = 'closed')
    EXECUTE FUNCTION exchange_refuse('what was ordered does not change; close it and order anew');

CREATE TRIGGER exchange_run_mode_fixed BEFORE UPDATE ON exchange_run FOR EACH ROW WHEN (OLD.mode IS DISTINCT FROM NEW.mode)
    EXECUTE FUNCTION exchange_refuse('how a run arose does not change');
"""

AS_BEFORE = """
DROP TRIGGER exchange_run_mode_fixed ON exchange_run;
DROP TRIGGER exchange_transfer_fixed ON exchange_transfer;
CREATE TRIGGER exchange_transfer_fixed BEFORE UPDATE ON exchange_transfer FOR EACH ROW
    WHEN ((OLD.id, OLD.number, OLD.grant_id, OLD.provider_id, OLD.recipient_id, OLD.target_id, OLD."table", OLD.mode, OLD.ordered_at, OLD.ordered_by)
          IS DISTINCT FROM
          (NEW.id, NEW.number, NEW.grant_id, NEW.provider_id, NEW.recipient_id, NEW.target_id, NEW."table", NEW.mode, NEW.ordered_at, NEW.ordered_by)
          OR OLD.status = 'closed')
    EXECUTE FUNCTION exchange_refuse('what was ordered does not change; close it and order anew');
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_guards")]

    operations = [
        migrations.AlterField("transfer", "mode", models.CharField("传输方式", max_length=12, choices=WAYS, default="full")),
        migrations.AddField("transfer", "watermark", models.CharField("水位字段", max_length=63, blank=True, default=""), False),
        migrations.AddField("transfer", "overlap", models.PositiveIntegerField("重叠", null=True)),
        migrations.AddField("run", "mode", models.CharField(max_length=12, choices=WAYS, default="full")),
        migrations.AddField("run", "applied", models.JSONField(default=dict)),
        migrations.RemoveConstraint("transfer", "exchange_transfer_mode_known"),
        migrations.AddConstraint("transfer", models.CheckConstraint(name="exchange_transfer_mode_known", condition=Q(mode__in=MODES))),
        migrations.AddConstraint(
            "transfer",
            models.CheckConstraint(
                name="exchange_transfer_watermark_of_increment",
                condition=(Q(mode="increment") & ~Q(watermark="")) | (~Q(mode="increment") & Q(watermark="", overlap=None)),
            ),
        ),
        migrations.AddConstraint("run", models.CheckConstraint(name="exchange_run_mode_known", condition=Q(mode__in=MODES))),
        migrations.RunSQL(FIXED, AS_BEFORE),
    ]
