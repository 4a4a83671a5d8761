from datetime import timedelta

import psycopg
import pytest

from govshare.audit.models import Entry
from govshare.duties.models import WorkYear
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import WrongState
from govshare.kernel.roles import Role
from govshare.operations import first_start, plan
from govshare.operations.trouble import Trouble
from govshare.organizations import queries
from govshare.organizations.models import Certificate, Organization, TrustAnchor
from govshare.project.settings import database
from tests.cast import credit_code
from tests.pki import Authority

OFFICERS = {Role.LEADER: "leader", Role.SYSTEM_ADMIN: "system", Role.SECURITY_ADMIN: "security", Role.AUDIT_ADMIN: "audit"}


@pytest.fixture
def new_platform(own_database, settings):
    """Tables that nobody has put anything in. Yields ``url(role)``."""
    settings.GOVSHARE_OWNER_DATABASE = database(own_database("owner"))
    settings.GOVSHARE_APP_ROLE = "govshare_app"
    return own_database


@pytest.fixture
def city():
    return Authority.root("城市CA")


@pytest.fixture
def written(tmp_path, city):
    """A plan with its files, as ``docs/how-to/first-start.md`` describes it. Yields its path; ``certificates`` by role beside it."""
    (tmp_path / "root.pem").write_bytes(city.pem)
    (tmp_path / "root.crl").write_bytes(city.revocation_list())
    lines = [
        "[authority]", 'name = "成都市经济和信息化委员会"', 'short_name = "市经信委"', f'uscc = "{credit_code(1)}"',
        'tier = "city"', 'region = "510100"', 'document = "成经信发〔2026〕1号"',
        "[[trust]]", 'name = "城市CA"', 'certificate = "root.pem"', 'revocation_list = "root.crl"',
    ]  # fmt: skip
    for n, (role, stem) in enumerate(OFFICERS.items(), 1):
        (tmp_path / f"{stem}.pem").write_bytes(city.issue(stem).pem)
        lines += ["[[officer]]", f'role = "{role.label}"', f'name = "赵{n}"', f'number = "{n:03}"', f'certificate = "{stem}.pem"']
    path = tmp_path / "plan.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.article("CD2016-33", "CD2016-35")
def test_the_first_start_lets_the_first_officers_in(new_platform, written, city):
    said = []

    first_start.first_start(written, say=said.append)

    authority = queries.operator()
    assert (authority.name, authority.tier, authority.kind) == ("成都市经济和信息化委员会", "city", "authority")
    for role, stem in OFFICERS.items():
        shown = Certificate.objects.get(subject__contains=stem)
        actor = queries.actor_of_certificate(der=bytes(shown.der), now=utc_now())
        assert (actor.roles, actor.organization) == ({role}, str(authority.pk))
    assert TrustAnchor.objects.get().name == "城市CA"
    assert WorkYear.objects.exists()
    assert any("+" in line and "公钥" in line for line in said)


@pytest.mark.article("CD2016-26", "CD2016-33")
def test_every_act_of_the_first_start_is_in_evidence(new_platform, written):
    first_start.first_start(written, say=lambda _: None)

    actions = list(Entry.objects.values_list("action", flat=True))
    assert actions.count("organizations:certificate:bind") == 4
    assert "organizations:trust-anchor:add" in actions
    assert "organizations:revocation-list:load" in actions
    assert set(Entry.objects.values_list("actor", flat=True)) == {"platform"}


def test_a_platform_that_has_begun_refuses_a_second_first_start(new_platform, written):
    first_start.first_start(written, say=lambda _: None)

    with pytest.raises(WrongState, match="已经开通"):
        first_start.first_start(written, say=lambda _: None)

    assert Organization.objects.count() == 1


@pytest.mark.article("CD2016-35")
def test_a_certificate_that_will_not_do_leaves_nothing_behind(new_platform, written, tmp_path):
    (tmp_path / "security.pem").write_bytes(Authority.root("别家CA").issue("security").pem)

    with pytest.raises(Trouble, match="安全管理员赵3的证书不能使用"):
        first_start.first_start(written, say=lambda _: None)

    with psycopg.connect(new_platform("app")) as app:
        for table in ("organizations_organization", "organizations_trust_anchor", "audit_entry"):
            assert app.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_a_stale_revocation_list_is_said_with_the_authoritys_name(new_platform, written, tmp_path, city):
    (tmp_path / "root.crl").write_bytes(city.revocation_list(at=utc_now() - timedelta(days=9)))

    with pytest.raises(Trouble, match=r"签发机构“城市CA”不能使用.*吊销列表"):
        first_start.first_start(written, say=lambda _: None)


def test_all_that_is_missing_in_a_plan_is_said_at_once(written, tmp_path):
    change(written, 'region = "510100"', 'region = ""')
    change(written, 'role = "审计管理员"', 'role = "审计"')
    (tmp_path / "leader.pem").unlink()

    with pytest.raises(Trouble) as trouble:
        plan.read(written)

    assert "authority.region：请填写" in trouble.value.said
    assert "officer[4].role：没有角色“审计”" in trouble.value.said
    assert "officer[1].certificate：读不到" in trouble.value.said
    assert "缺少审计管理员" in trouble.value.said
    assert "4 处" in trouble.value.chinese


@pytest.mark.article("CD2016-33")
def test_the_three_administrators_are_three_persons(written):
    change(written, 'number = "004"', 'number = "003"')

    with pytest.raises(Trouble, match="三个不同的人"):
        plan.read(written)


def test_a_role_is_named_by_its_word_or_its_label_and_only_once(written):
    change(written, 'role = "分管领导"', 'role = "leader"')
    assert plan.read(written).officers[0].role == Role.LEADER

    change(written, 'role = "系统管理员"', 'role = "leader"')
    with pytest.raises(Trouble, match="缺少系统管理员") as trouble:
        plan.read(written)
    assert "分管领导应为一人，现有 2 人" in trouble.value.said


@pytest.mark.parametrize("text", ["[authority\n", "= 1", ""])
def test_what_is_no_plan_is_said_and_not_traced(tmp_path, text):
    path = tmp_path / "plan.toml"
    path.write_text(text)

    with pytest.raises(Trouble):
        plan.read(path)
