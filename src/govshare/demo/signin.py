"""Sign-in for the demonstration: pick somebody, and their demonstration key signs the very challenge everybody signs.

There is no such address outside the demonstration (``project/urls.py``), and ``DemoAuthority`` refuses to be used there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import NotFound
from govshare.organizations import queries as organizations
from govshare.organizations.models import Appointment, Certificate, CertificateStatus
from govshare.organizations.services import sessions
from govshare.portal.frame.answers import next_page, render
from govshare.portal.frame.pages import open_page
from govshare.portal.frame.visitor import Request
from govshare.portal.signin.pages import WHY, entered
from govshare.regulation.articles import cite


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who can sign in here. ``role`` is the first post's label."""

    fingerprint: str
    person: str
    role: str
    body: str
    district: bool


@open_page("signin/demo/", title=_("演示登录"), why=WHY, name="signin-demo", methods=("GET", "POST"))
def signin_demo(request: Request) -> HttpResponse:
    if request.method == "POST":
        signed_in = sign_in(request.POST.get("certificate", ""))
        return entered(signed_in, next_page(request, reverse("home")))
    wanted = request.GET.get("q", "").strip()
    found = [each for each in candidates() if not wanted or wanted in f"{each.body} {each.person} {each.role}"]
    bodies = [(body, list(people)) for body, people in groupby(found, key=lambda each: each.body)]
    return render(request, "demo/signin.html", bodies=bodies, wanted=wanted, onward=next_page(request, ""))


def sign_in(fingerprint: str) -> sessions.SignedIn:
    """Through the same two steps as everybody: take a challenge, sign it, hand in certificate and signature."""
    path = files().get(fingerprint)
    if path is None:
        raise NotFound("演示密钥里没有这一位，请从名单中选择", basis=cite("CD2016-35"))
    key = load_pem_private_key(path.with_suffix(".key").read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise NotFound("这一位的密钥不能在网页里签名，请从名单中选择", basis=cite("CD2016-35"))
    challenge = sessions.open_challenge(now=utc_now())
    return sessions.answer_challenge(
        challenge_id=challenge.id,
        certificate_der=_der(path),
        signature=_signed(key, challenge.text.encode()),
        now=utc_now(),
    )


def _signed(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, text: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(text, ec.ECDSA(hashes.SHA256()))


def candidates() -> list[Candidate]:
    """Everybody whose demonstration key lies here and whose certificate holds: the authority first, then the city, then districts."""
    held = Certificate.objects.filter(fingerprint__in=files(), status=CertificateStatus.BOUND, person__left_at=None)
    holders = {row.person_id: row.fingerprint for row in held.only("fingerprint", "person_id")}
    today = local_date(utc_now())
    posts = Appointment.objects.filter(organizations.in_force(today), person__in=holders).select_related("person", "organization")
    return _in_order(posts, holders)


def _in_order(posts: Iterable[Appointment], holders: Mapping[UUID | None, str]) -> list[Candidate]:
    found: dict[UUID, Candidate] = {}
    ranked = sorted(posts, key=lambda post: (post.organization.tier, post.organization.kind, post.organization.name, post.role))
    for post in ranked:
        body = post.organization
        found.setdefault(
            post.person_id,
            Candidate(holders[post.person_id], post.person.name, post.get_role_display(), body.short_name, body.tier == "district"),
        )
    return list(found.values())


def files() -> dict[str, Path]:
    """Certificate files of the demonstration by fingerprint; read anew when one was added."""
    directory = settings.GOVSHARE_HOME / "ca"
    return _files(directory, directory.stat().st_mtime_ns) if directory.is_dir() else {}


@lru_cache(maxsize=1)
def _files(directory: Path, _changed: int) -> dict[str, Path]:
    paths = (path for path in directory.glob("*.pem") if path.with_suffix(".key").exists())
    return {x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256()).hex(): path for path in paths}


def _der(path: Path) -> bytes:
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)
