"""Random requests from the API's own description: mostly right with something wrong, so that they get past the gate."""

import copy
import json
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.apps import apps

#: What people and attackers send: nothing, blanks, other planes, direction marks, markup, SQL, formats, controls, half characters.
TEXTS = (
    *("", " ", "\u3000", "甲", "甲" * 10_000, "😀" * 60, "\u202e反\u2066向", "a\u0301" * 50, "\ufeff", "\uffff", "\u2028"),
    *("<script>alert(1)</script>", "'; DROP TABLE x;--", "%s %(x)s {0} {x} {", "\\", "../../etc/passwd", "http://[::1", '{"a":1}'),
    *("\x00", "\x1b[31m", "\ud800", "\r\nX: y", "null", "0", "-1", "1e999", "=1+1", "İ", "绝密★长期"),
)
INTEGERS = (0, 1, -1, 2, 3, 501, 2**31 - 1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 10**400, 1.0, 1.5, 1e308)
DATES = ("0001-01-01", "9999-12-31", "9999-12-25", "1900-01-01", "2026-02-30", "2026-13-01", "20260101", "+10000-01-01", "0000-00-00")
TIMES = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00", "2026-01-01T24:00:00Z")
UUIDS = ("00000000-0000-0000-0000-000000000000", "urn:uuid:00000000-0000-7000-8000-000000000001", "0" * 32, "x" * 36, "1")
BASE64 = ("", "AA==", "====", "MIIB" * 500, "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t", "\ufffd", "A")
ODD: tuple[Any, ...] = (None, True, False, [], {}, [[]], [None], {"": None}, {"a": {"b": [1]}}, *TEXTS[:5], *INTEGERS[:8])
ANYTHING = (ODD, TEXTS, INTEGERS, DATES, UUIDS)

#: Words that mean something in a field of that name.
WORDS: Mapping[str, Sequence[str]] = {
    "kind": ("law", "authority", "department"),
    "tier": ("city", "district"),
    "region": ("510100", "510104"),
    "allows": ("refuse_sharing", "not_shared", "both"),
    "share_type": ("unconditional", "conditional", "none"),
    "mode": ("query", "table"),
    "node": ("102001", "306001"),
    "type": tuple("CNYDTLMGBIF"),
    "sensitivity": ("ordinary", "personal"),
    "verdict": ("plain", "mask", "keyed_hash", "query_key", "refused"),
    "operator": ("=", "in", "between", ">="),
    "number": ("PC-31", "PC-14", "HZ-1-0", "HZ-9999999999999999999-999999999"),
    "column": ("name", "uscc"),
    "side": ("all", "provider", "recipient"),
    "status": ("bound", "pending", "draft"),
    "before": ("HZ-5-0", "HZ-9223372036854775808-0"),
    "action": ("organizations:", "catalog:entry:publish"),
}
#: Fields that are not called after what they name.
MEANS = {
    **dict.fromkeys(("lead", "lead_unit", "provider", "predecessors", "main", "heirs", "scope"), "organization"),
    **{"to": "person", "ground": "legalground", "replaces": "demand", "anchor": "trustanchor", "act": "rulesetact"},
    **{"id": "item", "items": "item", "columns": "item"},
}


def known_ids() -> dict[str, list[str]]:
    """Everything there is, by model name in lower case."""
    return {
        model.__name__.lower(): [str(pk) for pk in model.objects.values_list("pk", flat=True)[:40]]
        for model in apps.get_models()
        if model.__module__.startswith("govshare") and model._meta.pk.get_internal_type() == "UUIDField"
    }


@dataclass
class Rubbish:
    """``schemas``: the description's components. ``ids``: what there is, so that others' things are named too."""

    chance: random.Random
    schemas: Mapping[str, Any]
    ids: Mapping[str, Sequence[str]]

    def path(self, path: str, parameters: Sequence[Mapping[str, Any]]) -> str:
        """``path`` with every place filled, and query parameters set or left out."""
        asked = []
        for parameter in parameters:
            value = self.value(parameter["schema"], parameter["name"], self.chance.choice((0, 0, 0.2)))
            text = quote((value if isinstance(value, str) else json.dumps(value))[:3000].encode("utf-8", "surrogatepass"), safe="")
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", text or "%20")
            elif self.chance.random() < 0.6:
                asked.append(f"{parameter['name']}={text}")
        return path + ("?" + "&".join(asked) if asked else "")

    def body(self, schema: Mapping[str, Any]) -> str:
        """JSON text: right as far as the description goes, nearly so, or anything."""
        return json.dumps(self.value(schema, "", self.chance.choice((0, 0, 0, 0.02, 0.05, 0.3))))

    def spoilt(self, good: Any, times: int) -> str:
        """JSON text of a body that would be taken, but for what is put in ``times`` places of it."""
        value = copy.deepcopy(good)
        for _ in range(times):
            self._spoil(value)
        return json.dumps(value)

    def _spoil(self, value: Any) -> None:
        while True:
            places = list(value) if isinstance(value, dict) else list(range(len(value)))
            if not places:
                return
            place = self.chance.choice(places)
            if isinstance(value[place], dict | list) and value[place] and self.chance.random() < 0.8:
                value = value[place]
                continue
            lengthened = (value[place] * self.chance.choice((40, 200, 2000)))[:100_000] if isinstance(value[place], str) else None
            value[place] = lengthened or self.chance.choice(self.chance.choice(ANYTHING))
            return

    def value(self, schema: Mapping[str, Any], name: str, wrong: float) -> Any:
        if self.chance.random() < wrong:
            return self.chance.choice(self.chance.choice(ANYTHING))
        if "$ref" in schema:
            return self.value(self.schemas[schema["$ref"].rpartition("/")[2]], name, wrong)
        if "anyOf" in schema:
            return self.value(self.chance.choice(schema["anyOf"]), name, wrong)
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        maker = {"object": self._object, "array": self._array, "string": self._text, "integer": self._integer}.get(schema.get("type", ""))
        if maker is None:
            return self.chance.choice({"boolean": (True, False), "null": (None,)}.get(schema.get("type", ""), ODD))
        return maker(schema, name, wrong)

    def _object(self, schema: Mapping[str, Any], name: str, wrong: float) -> dict[str, Any]:
        required = schema.get("required", ())
        made = {
            key: self.value(part, key, wrong)
            for key, part in schema.get("properties", {}).items()
            if key in required or self.chance.random() < 0.6
        }
        if "properties" not in schema:
            keys, part = schema.get("propertyNames", {"type": "string"}), schema.get("additionalProperties")
            for _ in range(self.chance.randint(schema.get("minProperties", 0), 3)):
                made[str(self.value(keys, name, wrong))] = self.value(part if isinstance(part, Mapping) else {}, name, wrong)
        return made

    def _array(self, schema: Mapping[str, Any], name: str, wrong: float) -> list[Any]:
        made = [self.value(schema["items"], name, wrong) for _ in range(self.chance.randint(schema.get("minItems", 0), 4))]
        return made * 200 if self.chance.random() < wrong / 4 else made

    def _integer(self, schema: Mapping[str, Any], _name: str, _wrong: float) -> Any:
        if "minimum" in schema:
            return self.chance.choice((schema["minimum"], schema.get("maximum", 9), 1, 2))
        return self.chance.choice((1, 2, 3, 4, 5) if self.chance.random() < 0.7 else INTEGERS)

    def _text(self, schema: Mapping[str, Any], name: str, wrong: float) -> str:
        kind = schema.get("format", "")
        if kind == "uuid":
            return self._id(name.removesuffix("_id"), wrong)
        if name in WORDS and self.chance.random() < 0.8:
            return self.chance.choice(WORDS[name])
        longest = schema.get("maxLength", 300)
        plain = [text for text in TEXTS if text.isprintable() and len(text) <= longest]
        return self.chance.choice({"date": DATES[:4], "date-time": TIMES, "base64": BASE64}.get(kind, (*plain, "甲" * longest)))

    def _id(self, name: str, wrong: float) -> str:
        own = self.ids.get(MEANS.get(name, name.replace("_", "")), ())
        if own and self.chance.random() < 0.85:
            return self.chance.choice(own)
        strange = str(uuid.UUID(int=self.chance.getrandbits(128)))
        return self.chance.choice((strange, self.chance.choice(self.ids["organization"]), *(UUIDS if wrong else ())))
