"""The tree against RFC 6962's known answers, and against an independent implementation (pymerkle)."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from govshare.audit import merkle
from govshare.audit.differences import Kept, differences
from govshare.audit.notes import NoteKey
from govshare.audit.tiles import Tiles
from govshare.audit.verifier import Altered, Checkpoint, is_consistent, leaf_hash, root_of_inclusion
from govshare.kernel.keyring import Keyring

#: The eight leaves that certificate-transparency implementations are tested with, and the root after each.
RFC_6962 = [
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
]
#: PATH(index, D[size]) from the same vectors.
RFC_6962_PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
#: PROOF(old, D[new]) from the same vectors.
RFC_6962_CONSISTENCY = {
    (1, 1): [],
    (1, 8): RFC_6962_PATHS[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def in_memory(leaves):
    return lambda level, index: merkle.perfect_root(leaves[index << level : (index + 1) << level])


def sample(n):
    return [leaf_hash(str(k).encode()) for k in range(n)]


def oracle(n):
    tree = InmemoryTree(algorithm="sha256")
    for k in range(n):
        tree.append_entry(str(k).encode())
    return tree


ORACLE = oracle(700)
LEAVES = sample(700)
SIZES = st.integers(1, 700)


def test_roots_and_paths_are_those_of_rfc_6962():
    leaves = [leaf_hash(bytes.fromhex(data)) for data, _ in RFC_6962]

    roots = [merkle.root(n, in_memory(leaves)).hex() for n in range(1, 9)]
    paths = {key: [h.hex() for h in merkle.inclusion_proof(*key, in_memory(leaves))] for key in RFC_6962_PATHS}
    steps = {key: [h.hex() for h in merkle.consistency_proof(*key, in_memory(leaves))] for key in RFC_6962_CONSISTENCY}

    assert roots == [root for _, root in RFC_6962]
    assert paths == RFC_6962_PATHS
    assert steps == RFC_6962_CONSISTENCY
    assert merkle.root(0, in_memory([])) == hashlib.sha256().digest()


@given(SIZES)
def test_the_running_root_is_the_root(size):
    running = merkle.RunningRoot()

    running.extend(LEAVES[:size])

    assert running.root() == merkle.root(size, in_memory(LEAVES)) == ORACLE.get_root(size)


@given(st.data())
def test_inclusion_proofs_are_those_of_an_independent_implementation(data):
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))

    proof = merkle.inclusion_proof(index, size, in_memory(LEAVES))

    assert proof == ORACLE.prove_inclusion(index + 1, size).path[1:]
    assert root_of_inclusion(LEAVES[index], index, size, proof) == ORACLE.get_root(size)


@given(st.data())
def test_an_inclusion_proof_leads_nowhere_else(data):
    size = data.draw(SIZES)
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, in_memory(LEAVES))
    change = data.draw(st.sampled_from(["leaf", "index", "size", "drop", "add", "hash"]))
    leaf, at, count, changed = LEAVES[index], index, size, list(proof)
    if change == "leaf":
        leaf = LEAVES[other] if other != index else bytes(32)
    elif change == "index":
        at = other if other != index else size
    elif change == "size":
        count = data.draw(SIZES.filter(lambda n: n != size))
    elif change == "add" or not proof:
        changed.append(bytes(32))
    elif change == "drop":
        changed.pop(data.draw(st.integers(0, len(proof) - 1)))
    else:
        changed[data.draw(st.integers(0, len(proof) - 1))] = bytes(32)

    try:
        root = root_of_inclusion(leaf, at, count, changed)
    except Altered:
        return

    # only a size of the same shape leads to the same root, and then the size itself is what the checkpoint's signature covers
    assert root != ORACLE.get_root(size) or change == "size"


@given(SIZES, SIZES)
def test_consistency_proofs_hold_between_any_two_sizes(one, other):
    old, new = sorted([one, other])

    proof = merkle.consistency_proof(old, new, in_memory(LEAVES))

    before, after = Checkpoint("log", old, ORACLE.get_root(old)), Checkpoint("log", new, ORACLE.get_root(new))
    assert is_consistent(before, after, proof)


@given(SIZES, SIZES, st.integers(0, 20), st.sampled_from(["old root", "new root", "drop", "change", "add"]))
def test_no_consistency_proof_holds_for_a_tree_that_was_rewritten(one, other, where, change):
    old, new = sorted([one, other])
    proof = merkle.consistency_proof(old, new, in_memory(LEAVES))
    before, after = ORACLE.get_root(old), ORACLE.get_root(new)
    if change == "old root":
        before = bytes(32)
    elif change == "new root":
        after = bytes(32)
    elif change == "add" or not proof:
        proof.append(bytes(32))
    elif change == "drop":
        proof.pop(where % len(proof))
    else:
        proof[where % len(proof)] = bytes(32)

    assert not is_consistent(Checkpoint("log", old, before), Checkpoint("log", new, after), proof)


def test_a_log_never_shrinks():
    old, new = Checkpoint("log", 5, ORACLE.get_root(5)), Checkpoint("log", 4, ORACLE.get_root(4))

    assert not is_consistent(old, new, [])
    assert not is_consistent(old, new, merkle.consistency_proof(4, 5, in_memory(LEAVES)))


@pytest.mark.parametrize("sizes", [[1], [255], [256], [257], [1, 2, 3], [255, 256, 512], [300, 700], [65_536, 65_537, 70_000]])
def test_tiles_answer_for_every_subtree_after_any_growth(tmp_path, sizes):
    leaves = sample(sizes[-1])
    tiles, before = Tiles(tmp_path), 0
    for size in sizes:
        tiles.extend(before, leaves[before:size])
        before = size

    running = merkle.RunningRoot()
    running.extend(leaves)

    assert merkle.root(before, tiles.subtrees(before)) == running.root()
    for size in sizes:
        assert merkle.root(size, tiles.subtrees(size)) == merkle.root(size, in_memory(leaves))


def test_tiles_lie_where_the_c2sp_layout_says(tmp_path):
    tiles = Tiles(tmp_path)
    leaves = sample(70_000)

    tiles.extend(0, leaves)

    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert len([name for name in files if name.startswith("tile/0/") and ".p" not in name]) == 273
    assert {name for name in files if ".p" in name} == {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}
    assert "tile/1/000" in files
    assert tiles.path(0, 1_234_067) == tmp_path / "tile/0/x001/x234/067"
    assert (tmp_path / "tile/0/273.p/112").read_bytes() == b"".join(leaves[273 * 256 :])


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), min_size=1), SIZES, st.binary(min_size=32, max_size=32))
def test_a_signed_checkpoint_reads_back_as_written(tmp_path_factory, text, size, root):
    import base64

    from govshare.audit import verifier

    key = NoteKey("城市.example/log", KEY)
    note = key.sign(f"{key.name}\n{size}\n{base64.b64encode(root).decode()}\n")

    read = verifier.open_checkpoint(note, verifier.parse_key(key.verification_key()))

    assert read == Checkpoint(key.name, size, root)
    assert verifier.open_note(key.sign(f"{text}\n\n{text}\n"), verifier.parse_key(key.verification_key())) == f"{text}\n\n{text}\n"


@pytest.fixture(scope="module", autouse=True)
def _key(tmp_path_factory):
    global KEY  # noqa: PLW0603 - hypothesis draws inside the test, the key is made once
    KEY = Keyring(tmp_path_factory.mktemp("keys")).signing_key()


@given(st.data())
def test_every_difference_between_signed_and_kept_is_found_and_named(data):
    n = data.draw(st.integers(1, 60))
    signed = LEAVES[:n]
    kept = [Kept(leaf, 1, k) for k, leaf in enumerate(signed)]
    where = data.draw(st.integers(0, n - 1))
    kind = data.draw(st.sampled_from(["altered", "missing", "inserted", "reordered"]))
    stranger = Kept(bytes(32), 9, 9)
    if kind == "altered":
        kept[where] = stranger
    elif kind == "missing":
        kept.pop(where)
    elif kind == "inserted":
        kept.insert(where, stranger)
    else:
        to = data.draw(st.integers(0, n - 1).filter(lambda k: n == 1 or k != where))
        kept.insert(to, kept.pop(where))
    window = data.draw(st.integers(4, 80))

    found, more = differences(signed, kept, window=window)

    assert more == 0
    if kind == "reordered":
        assert {one.kind for one in found} == ({"reordered"} if n > 1 else set())
    else:
        assert [(one.kind, one.index) for one in found] == [(kind, where)]


def test_equal_logs_do_not_differ():
    assert differences(LEAVES, [Kept(leaf, 1, 1) for leaf in LEAVES], window=64) == ([], 0)


def test_where_everything_is_gone_a_count_stands_for_the_rest():
    found, more = differences(sample(10_100), [])

    assert (len(found), more) == (10_000, 100)
    assert {one.kind for one in found} == {"missing"}
