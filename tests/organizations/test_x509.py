"""What a certificate must be like to lead to a trusted root; no database."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from govshare.organizations.x509 import certificates, paths, revocation, signatures
from govshare.organizations.x509.errors import Untrusted
from tests.pki import Authority, Sm2Authority

pytestmark = pytest.mark.article("CD2016-35")
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.root("城市根CA")


@pytest.fixture(scope="module")
def sm2(tmp_path_factory) -> Sm2Authority:
    return Sm2Authority(tmp_path_factory.mktemp("sm2"))


def climb(leaf, *roots, between=(), now=NOW):
    read = certificates.read
    path = paths.check_client(read(leaf.der), roots=[read(r.pem) for r in roots], between=[read(b.pem) for b in between], now=now)
    return [issuer.fingerprint for issuer in path]


@pytest.mark.parametrize("algorithm", ["rsa", "ecdsa"])
def test_a_certificate_from_a_trusted_root_is_good(algorithm):
    root = Authority.root("根", algorithm)
    leaf = root.issue("张三", algorithm=algorithm)

    path = climb(leaf, root)

    assert path == [certificates.read(root.pem).fingerprint]
    assert certificates.read(leaf.pem).algorithm == algorithm


def test_an_sm2_certificate_from_a_trusted_root_is_good(sm2):
    leaf = certificates.read(sm2.issue("leaf", "李四"))

    path = paths.check_client(leaf, roots=[certificates.read(sm2.pem)], between=[], now=datetime.now(UTC))

    assert leaf.algorithm == "sm2"
    assert len(path) == 1


def test_an_sm2_certificate_from_another_authority_of_the_same_name_is_refused(sm2, tmp_path):
    other = Sm2Authority(tmp_path)
    leaf = certificates.read(other.issue("leaf", "李四"))

    with pytest.raises(Untrusted, match="信任名单"):
        paths.check_client(leaf, roots=[certificates.read(sm2.pem)], between=[], now=datetime.now(UTC))


def test_an_intermediate_stands_between_leaf_and_root(root):
    between = root.subordinate("二级CA")
    leaf = between.issue("张三")

    assert len(climb(leaf, root, between=[between])) == 2
    with pytest.raises(Untrusted, match="信任名单"):
        climb(leaf, root)


def test_a_root_may_limit_how_many_levels_follow():
    root = Authority.root("根", path_length=0)
    between = root.subordinate("二级CA")

    climb(root.issue("张三"), root)

    with pytest.raises(Untrusted, match="层数"):
        climb(between.issue("张三"), root, between=[between])


@pytest.mark.parametrize(
    ("reason", "options"),
    [
        ("已过期", {"starts": NOW - timedelta(days=9), "ends": NOW - timedelta(days=1)}),
        ("尚未生效", {"starts": NOW + timedelta(days=1)}),
        ("用途", {"usages": [ExtendedKeyUsageOID.SERVER_AUTH]}),
        ("用途", {"signs": False}),
        ("关键扩展", {"extra": x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")}),
        ("签发机构的证书", {"authority": True}),
    ],
)
def test_a_certificate_not_made_for_signing_in_now_is_refused(root, reason, options):
    with pytest.raises(Untrusted, match=reason):
        climb(root.issue("张三", **options), root)


def test_a_certificate_under_an_expired_authority_is_refused():
    root = Authority.root("旧根", starts=NOW - timedelta(days=9), ends=NOW - timedelta(days=1))

    with pytest.raises(Untrusted, match="已过期"):
        climb(root.issue("张三"), root)


def test_an_ordinary_certificate_cannot_issue_others(root):
    person = root.issue("张三")
    forged = Authority(person).issue("李四")

    with pytest.raises(Untrusted, match="不允许签发"):
        climb(forged, root, between=[person])


@pytest.mark.parametrize("weak", [ec.generate_private_key(ec.SECP192R1()), ec.generate_private_key(ec.SECP256K1())])
def test_weak_or_unknown_keys_are_refused(root, weak):
    with pytest.raises(Untrusted, match="不支持这种密钥"):
        certificates.read(root.issue("张三", own=weak).der)


def test_a_short_rsa_key_is_refused(root):
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - weak on purpose

    with pytest.raises(Untrusted, match="2048"):
        certificates.read(root.issue("张三", own=short).der)


@given(st.binary(max_size=300))
def test_garbage_is_refused_and_nothing_else_happens(data):
    with pytest.raises(Untrusted):
        certificates.read(data)
    with pytest.raises(Untrusted):
        revocation.read(data)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")  # what a later release will refuse by itself
@pytest.mark.parametrize("kind", ["ecdsa", "sm2"])
@pytest.mark.parametrize("flip", [1, 0x20, 0xFF])
def test_every_changed_byte_of_a_certificate_breaks_it(root, sm2, kind, flip):
    pem = root.issue("张三").pem if kind == "ecdsa" else sm2.issue("victim", "张三")
    leaf, trusted = certificates.read(pem).der, certificates.read(root.pem if kind == "ecdsa" else sm2.pem)
    survivors = []

    for place in range(len(leaf)):
        changed = bytes([*leaf[:place], leaf[place] ^ flip, *leaf[place + 1 :]])
        try:
            survivors += [place] if trusted.issued(certificates.read(changed)) else []
        except Untrusted:
            continue

    assert survivors == []


def test_a_challenge_is_answered_in_every_usual_way(root, sm2):
    by_rsa, by_ecdsa = root.issue("张三", algorithm="rsa"), root.issue("李四")
    sm2_leaf = certificates.read(sm2.issue("signer", "王五"))
    text = "请签名\nabc"
    der = sm2.sign("signer", text)
    r, s = decode_dss_signature(der)

    def holds(der: bytes, signature: bytes, said: str = text) -> bool:
        return signatures.answered_by(certificates.read(der).spki, text=said, signature=signature)

    assert holds(by_rsa.der, by_rsa.sign(text))
    assert holds(by_rsa.der, by_rsa.sign(text, pss=True))
    assert holds(by_ecdsa.der, by_ecdsa.sign(text))
    assert holds(sm2_leaf.der, der)
    assert holds(sm2_leaf.der, r.to_bytes(32) + s.to_bytes(32))
    assert not holds(sm2_leaf.der, der, said="别的")
    assert not holds(sm2_leaf.der, s.to_bytes(32) + r.to_bytes(32))
    assert not holds(by_ecdsa.der, by_rsa.sign(text))
    assert not holds(by_rsa.der, by_rsa.sign(text), said="别的")


@given(signature=st.one_of(st.binary(max_size=120), st.binary(min_size=64, max_size=64)))
def test_no_made_up_signature_holds(sm2, signature):
    for spki in (certificates.read(sm2.pem).spki, certificates.read(ROOT.pem).spki, certificates.read(RSA_ROOT.pem).spki):
        assert not signatures.answered_by(spki, text="x", signature=signature)


ROOT, RSA_ROOT = Authority.root("根"), Authority.root("根", "rsa")


def test_a_certificate_signed_with_sha1_never_counts():
    sha1 = hashes.SHA1()  # noqa: S303 - weak on purpose
    signature = RSA_ROOT.issued.key.sign(b"to be signed", PKCS1v15(), sha1)
    scheme = signatures.Scheme("1.2.840.113549.1.1.5", sha1, PKCS1v15())

    assert not signatures.signed_by(certificates.read(RSA_ROOT.pem).spki, message=b"to be signed", signature=signature, scheme=scheme)


def test_a_revocation_list_counts_only_from_its_own_authority(root):
    leaf = root.issue("张三")
    root.revoke(leaf)
    other = Authority.root("城市根CA")

    read, parsed = revocation.read(root.revocation_list())

    assert certificates.read(leaf.der).serial in {line.serial for line in read.lines}
    assert [line.reason for line in read.lines] == ["keyCompromise"]
    assert revocation.signed_by(parsed, certificates.read(root.pem))
    assert not revocation.signed_by(parsed, certificates.read(other.pem))
    assert not revocation.signed_by(parsed, certificates.read(leaf.pem))


def test_an_sm2_revocation_list_counts(sm2):
    leaf = certificates.read(sm2.issue("lost", "赵六"))
    sm2.revoke("lost")

    read, parsed = revocation.read(sm2.revocation_list())

    assert [line.serial for line in read.lines] == [leaf.serial]
    assert revocation.signed_by(parsed, certificates.read(sm2.pem))


@pytest.mark.parametrize(
    "extension",
    [
        x509.DeltaCRLIndicator(1),
        x509.IssuingDistributionPoint(None, None, True, False, None, False, False),
        x509.IssuingDistributionPoint(None, None, False, False, None, True, False),
    ],
)
def test_a_list_that_is_not_whole_is_refused(root, extension):
    with pytest.raises(Untrusted, match="完整"):
        revocation.read(root.revocation_list(extension=extension))
