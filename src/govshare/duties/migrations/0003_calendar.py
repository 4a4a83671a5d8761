"""The announced years to begin with; later ones are loaded by the authority."""

from datetime import UTC, datetime

from django.db import migrations

from govshare.duties import seed


def load(apps, _schema_editor):
    year_model, day_model = apps.get_model("duties", "WorkYear"), apps.get_model("duties", "WorkDay")
    now = datetime.now(UTC)
    for year, (holidays, workdays) in seed.announced().items():
        year_model.objects.create(year=year, source=seed.source(year), loaded_at=now, loaded_by="platform")
        day_model.objects.bulk_create(
            day_model(date=day, year_id=year, is_workday=is_workday, name=name)
            for is_workday, days in ((False, holidays), (True, workdays))
            for day, name in sorted(days.items())
        )


class Migration(migrations.Migration):
    dependencies = [("duties", "0002_guards")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
