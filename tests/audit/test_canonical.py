"""The bytes of an entry are those of RFC 8785, as an independent implementation writes them."""

import json
from datetime import UTC, datetime

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from govshare.audit.rules import ENTRY_VERSION, Entry, storable, timestamp
from govshare.kernel.actor import Actor

TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from('\x00\x1f\x7f"\\/\b\n\r\t\u2028\ud800\udfff\ue000\uffff\U00010000'))
) | st.sampled_from(["\\u0000", "a\x00", "\ud83d\ude00"])
ACTORS = st.builds(
    Actor,
    kind=st.sampled_from(["person", "system", "platform"]),
    **dict.fromkeys(("id", "name", "organization", "organization_name", "certificate", "standing_in_for"), TEXTS),
)
ENTRIES = st.builds(
    Entry,
    at=st.datetimes(timezones=st.just(UTC)),
    action=st.just("gateway:person:query"),
    by=ACTORS,
    **dict.fromkeys(("basis", "rule_set", "subject", "identifier"), st.text("abc-:1")),
    **dict.fromkeys(("outcome", "reason", "about", "resource", "grant", "purpose", "case", "request_id"), TEXTS),
    parties=st.frozensets(TEXTS, max_size=4),
    counts=st.dictionaries(TEXTS, st.integers(), max_size=5),
    digests=st.dictionaries(TEXTS, TEXTS, max_size=5),
    detail=st.dictionaries(TEXTS, TEXTS, max_size=5),
)


def by_the_standard(entry, tree):
    """The entry through rfc8785, written plainly."""
    texts = {
        name: storable(getattr(entry, name))
        for name in ("outcome", "reason", "about", "resource", "grant", "purpose", "case", "request_id")
    }
    actor = {
        name: storable(getattr(entry.by, name))
        for name in ("kind", "id", "name", "organization", "organization_name", "certificate", "standing_in_for")
    }
    return rfc8785.dumps(
        {
            "v": f"{ENTRY_VERSION}+{tree}",
            "at": timestamp(entry.at),
            **{name: getattr(entry, name) for name in ("action", "basis", "rule_set", "subject", "identifier")},
            **texts,
            "actor": actor,
            "parties": sorted({storable(party) for party in (*entry.parties, entry.by.organization) if party}),
            "counts": {storable(name): count if abs(count) < 2**53 else str(count) for name, count in entry.counts.items()},
            **{name: {storable(key): storable(value) for key, value in getattr(entry, name).items()} for name in ("digests", "detail")},
        }
    )


@given(ENTRIES, st.sampled_from(["sha256", "sm3"]))
def test_an_entry_is_canonical_json_whatever_is_in_it(entry, tree):
    assert entry.canonical(tree) == by_the_standard(entry, tree)


def test_names_are_in_the_order_of_utf_16_not_of_code_points():
    detail = {"\uff01": "1", "\U0001f600": "2", "é": "3", "a": "4"}

    body = Entry(
        at=datetime(2026, 3, 2, tzinfo=UTC), action="a:b:c", basis="", rule_set="", by=Actor(kind="person", id="1", name=""), detail=detail
    )

    assert list(json.loads(body.canonical())["detail"]) == ["a", "é", "\U0001f600", "\uff01"]
