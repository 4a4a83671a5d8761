"""A log may hash with SM3 and sign with ECDSA: the same promises, proofs and checks; differential against other implementations."""

import pytest
from gmssl_pyx import sm3_hash
from hypothesis import given
from hypothesis import strategies as st

from govshare.audit import keys, merkle, queries, services, verifier
from govshare.audit.log import open_log
from govshare.audit.models import Checkpoint, Entry
from govshare.audit.notes import NoteKey
from govshare.kernel.keyring import Keyring
from govshare.project import environment
from tests.audit.actors import LAW, NOW, person

KINDS = [("sha256", "ed25519"), ("sha256", "ecdsa-p256"), ("sm3", "ed25519"), ("sm3", "ecdsa-p256")]
SIZES = st.integers(1, 400)


@given(st.binary(max_size=300), st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_sm3_leaves_and_nodes_are_those_of_an_independent_implementation(body, left, right):
    assert verifier.SM3.leaf(body) == bytes(sm3_hash(b"\x00" + body))
    assert verifier.SM3.node(left, right) == bytes(sm3_hash(b"\x01" + left + right))


def independent(leaves):
    """MTH of RFC 6962, 2.1, read from its text, over SM3 of another library."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return bytes(sm3_hash(b"\x01" + independent(leaves[:k]) + independent(leaves[k:])))


LEAVES = [bytes(sm3_hash(b"\x00" + str(n).encode())) for n in range(400)]


def in_memory(leaves):
    tree = verifier.SM3
    return merkle.Subtrees(lambda level, index: merkle.perfect_root(leaves[index << level : (index + 1) << level], tree), tree)


@given(SIZES, SIZES, st.data())
def test_an_sm3_tree_has_the_roots_and_proofs_that_the_rfc_gives_it(one, other, data):
    old, new = sorted([one, other])
    index = data.draw(st.integers(0, new - 1))
    subtrees = in_memory(LEAVES)
    before, after = (verifier.Checkpoint("log/sm3", size, independent(LEAVES[:size])) for size in (old, new))

    inclusion = merkle.inclusion_proof(index, new, subtrees)
    consistency = merkle.consistency_proof(old, new, subtrees)

    assert (merkle.root(old, subtrees), merkle.root(new, subtrees)) == (before.root, after.root)
    assert verifier.root_of_inclusion(LEAVES[index], index, new, inclusion, verifier.SM3) == after.root
    assert verifier.is_consistent(before, after, consistency, verifier.SM3)
    if inclusion:
        assert verifier.root_of_inclusion(LEAVES[index], index, new, inclusion, verifier.SHA256) != after.root


@given(SIZES, SIZES)
def test_the_edge_is_all_that_a_tree_needs_to_grow_on(one, other):
    first, size = sorted([one, other])
    growing = verifier.Growing(verifier.SM3, first, merkle.edge(first, in_memory(LEAVES)))

    for leaf in LEAVES[first:size]:
        growing.append(leaf)

    assert (growing.size, growing.root()) == (size, independent(LEAVES[:size]))


@pytest.fixture(params=KINDS, ids="-".join)
def log(request, settings, tmp_path, own_database):
    settings.GOVSHARE_KEYS = tmp_path / "keys"
    settings.GOVSHARE_LOG_TREE, settings.GOVSHARE_LOG_KEY = request.param
    return request.param


def record(n=1):
    entries = [services.entry(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW, about=f"A-{k}") for k in range(n)]
    return services.record_many(entries)


@pytest.mark.article("CD2016-26")
def test_a_platform_keeps_its_log_in_any_tree_under_any_key(log):
    tree, kind = log
    promises = record(3)
    services.place(now=NOW)
    promises += record(300)
    services.place(now=NOW)

    trust = open_log().trust()
    proofs = [verifier.verify(queries.receipt(promise.number), trust) for promise in promises[::50]]
    promised = verifier.verify(promises[0].text.encode(), trust)

    assert [proof.index for proof in proofs] == list(range(0, 303, 50))
    assert promised.entry["v"] == f"govshare/entry@v2+{tree}"
    assert (keys.origin().endswith("/sm3"), trust.eras[0].key.kind) == (tree == "sm3", 2 if kind == "ecdsa-p256" else 1)
    assert set(Checkpoint.objects.values_list("tree", flat=True)) == {f"rfc6962+{tree}"}
    assert services.fsck().sound


@pytest.mark.article("CD2016-26")
def test_an_entry_altered_in_the_database_is_found_in_any_tree(log, own_database):
    import psycopg
    from django.db import connection

    promise = record(5)[2]
    services.place(now=NOW)
    connection.close()
    with psycopg.connect(own_database("admin"), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_leaf_is_its_bodys")
        admin.execute(
            "UPDATE audit_entry SET body = replace(body, 'A-2', 'B-2'), about = 'B-2' WHERE batch = %s AND ordinal = 2", [promise.batch]
        )

    (finding,) = services.fsck().findings

    assert (finding.kind, finding.index, finding.place) == ("altered", 2, promise.number)


@pytest.mark.article("PC-64")
def test_a_log_never_changes_its_hash(own_database, settings, tmp_path):
    settings.GOVSHARE_KEYS = tmp_path / "keys"
    record()
    services.place(now=NOW)
    settings.GOVSHARE_LOG_TREE = "sm3"
    record()

    with pytest.raises(services.LogRewound, match="GOVSHARE_LOG_ORIGIN"):
        services.place(now=NOW)

    assert Entry.objects.count() == 2


@pytest.mark.parametrize("name", ["GOVSHARE_LOG_TREE", "GOVSHARE_LOG_KEY"])
def test_a_tree_or_kind_of_key_that_is_not_known_stops_the_start(name):
    with pytest.raises(environment.SettingMissing, match=name):
        environment.read({name: "md5"}).choice(name, ("sha256", "ed25519"))


@given(st.binary(min_size=1, max_size=200))
def test_of_the_two_valid_ecdsa_signatures_one_is_accepted(tmp_path_factory, data):
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

    text = f"{data.hex()}\n"
    note = KEY.sign(text)
    key = KEY.verifier
    signature = verifier.split_note(note)[1][0].signature[4:]
    r, s = decode_dss_signature(signature)

    assert KEY.sign(text) == note
    assert verifier.open_note(note, key) == text
    assert key.signed(signature, text.encode())
    assert not key.signed(encode_dss_signature(r, verifier.P256_ORDER - s), text.encode())
    assert not key.signed(signature + b"\x00", text.encode())


@pytest.fixture(scope="module", autouse=True)
def _key(tmp_path_factory):
    global KEY  # noqa: PLW0603 - hypothesis draws inside the test, the key is made once
    KEY = NoteKey("城市.example/log", Keyring(tmp_path_factory.mktemp("keys")).signing_key(kind="ecdsa-p256"))
