"""Tables: who stands beside when, references go downstairs, names say the room."""

import re

import pytest
from django.apps import apps
from django.db import models

from tests.house.code import floors
from tools.reference.scan import modules

OURS = {f"{model._meta.app_label}.{model.__name__}": model for model in apps.get_models() if model.__module__.startswith("govshare.")}

#: ``X_at`` without ``X_by``, with the reason.
NOBODY = {
    "audit.Batch.recorded_at": "a batch is what one commit wrote; each of its entries names its actor",
}

every_model = pytest.mark.parametrize("name", OURS)


@every_model
def test_a_moment_names_its_actor(name):
    fields = {field.name for field in OURS[name]._meta.get_fields() if isinstance(field, models.Field)}

    for field in fields:
        if field.endswith("_at") and f"{name}.{field}" not in NOBODY:
            assert f"{field.removesuffix('_at')}_by" in fields, f"{name}.{field}"


def test_excuses_are_for_fields_that_exist():
    for place in NOBODY:
        name, _, field = place.rpartition(".")
        assert OURS[name]._meta.get_field(field)


@every_model
def test_references_go_downstairs(name):
    room = name.partition(".")[0]

    for field in OURS[name]._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            other = field.related_model._meta.app_label
            assert other == room or floors()[other] < floors()[room], f"{name}.{field.name} goes up to {other}"


@every_model
def test_a_table_is_named_after_its_room(name):
    assert re.fullmatch(rf"{name.partition('.')[0]}_[a-z_]+", OURS[name]._meta.db_table)


@every_model
def test_moments_know_their_zone_and_rows_are_never_edited_behind_our_backs(name):
    for field in OURS[name]._meta.get_fields():
        assert not getattr(field, "auto_now", False), f"{name}.{field.name}: services take now"
        assert not getattr(field, "auto_now_add", False), f"{name}.{field.name}: services take now"


#: What the house does without, and where it would come from.
UNWANTED = ("get_model(", "django.dispatch", "django.db.models.signals", "django.contrib.contenttypes", "django.contrib.auth")


def test_no_model_by_name_no_signals_no_content_types_no_passwords():
    texts = {name: path.read_text("utf-8") for name, path in modules().items()}

    assert not {(name, word) for name, text in texts.items() for word in UNWANTED if word in text}
