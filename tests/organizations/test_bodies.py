"""Organizations: registered by valid code, renamed, merged, split; nothing they had is without an owner."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from govshare.duties import queries as duty_queries
from govshare.duties import services as duties
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.kernel.roles import Role
from govshare.organizations import queries, rules
from govshare.organizations.models import Organization
from govshare.organizations.services import bodies, filings, founding
from tests.cast import Cast, credit_code

pytestmark = pytest.mark.django_db
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def register(cast: Cast, ordinal: int, **changes):
    values = {
        "name": f"成都市第{ordinal}局",
        "short_name": f"第{ordinal}局",
        "uscc": credit_code(ordinal),
        "kind": "department",
        "tier": "city",
        "region": "510100",
        "by": cast.actor("authority", Role.SYSTEM_ADMIN),
        "now": cast.now,
    }
    return bodies.register(**{**values, **changes})


@pytest.mark.article("PC-10")
def test_only_the_system_administrator_registers_organizations(cast):
    for role in set(Role) - {Role.SYSTEM_ADMIN, Role.SYSTEM, Role.PLATFORM}:
        with pytest.raises(NotYours):
            register(cast, 77, by=cast.actor("authority", role))

    assert register(cast, 77).active


@pytest.mark.article("PC-10")
def test_the_platform_is_founded_once(cast):
    with pytest.raises(WrongState, match="已经开通"):
        founding.found(name="另一局", short_name="另", uscc=credit_code(99), tier="city", region="510100", officers={}, now=cast.now)


@pytest.mark.article("PC-10", "PC-11", "CD2016-33")
def test_nothing_begins_without_a_leader_and_three_separate_administrators(db):
    officers = {role: founding.Officer(name="同一人", number="1") for role in founding.FIRST}
    values = {"name": "市局", "short_name": "局", "uscc": credit_code(1), "tier": "city", "region": "510100", "now": utc_now()}

    with pytest.raises(Invalid, match="审计管理员"):
        founding.found(officers={role: officers[role] for role in founding.FIRST[:3]}, **values)
    with pytest.raises(NotYours, match="三员"), transaction.atomic():
        founding.found(officers=officers, **values)

    assert not Organization.objects.exists()


@pytest.mark.article("PC-10")
def test_a_wrong_code_is_refused_with_its_place(cast):
    right = credit_code(78)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")

    with pytest.raises(Invalid) as refused:
        register(cast, 78, uscc=wrong)

    assert refused.value.faults[0].place == "uscc"


@pytest.mark.article("PC-10")
@given(st.text(ALPHABET, min_size=17, max_size=17), st.sampled_from(ALPHABET))
def test_rule_and_database_agree_on_every_code(django_db_blocker, stem, last):
    from django.db import connection

    code = stem + last
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT organizations_uscc_valid(%s)", [code])
        by_database = cursor.fetchone()[0]

    assert by_database == (uscc.calc_check_digit(stem) == last)


@pytest.mark.article("PC-10")
def test_the_database_refuses_a_wrong_code_by_itself(cast):
    with pytest.raises(IntegrityError, match="organizations_uscc_check_character"), transaction.atomic():
        Organization.objects.create(
            name="假局", short_name="假", uscc="11510100MB0000000A", kind="department", tier="city", region="510100"
        )


@pytest.mark.article("CD2016-29.2")
def test_each_tier_has_its_own_authority(cast):
    assert queries.authority_for(cast.organization("provider").pk) == cast.organization("authority")
    assert queries.authority_for(cast.organization("district").pk) == cast.organization("district_authority")
    elsewhere = register(cast, 79, tier="district", region="510105")
    with pytest.raises(NotFound, match="510105"):
        queries.authority_for(elsewhere.pk)
    with pytest.raises(WrongState, match="一级只有一个"):
        register(cast, 80, kind="authority")


@pytest.mark.article("PC-10")
def test_a_renamed_organization_keeps_its_identity_and_its_old_name_on_file(cast):
    body = cast.organization("third")

    renamed = bodies.rename(
        organization=body.pk,
        name="成都市人力资源局",
        short_name="市人力局",
        document="成编发〔2026〕3号",
        by=cast.actor("authority", Role.SYSTEM_ADMIN),
        now=cast.now,
    )

    assert (renamed.pk, renamed.uscc, renamed.name) == (body.pk, body.uscc, "成都市人力资源局")
    assert [old.name for old in renamed.former_names.all()] == [body.name]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        renamed.former_names.update(name="从未用过的名称")


@pytest.mark.article("PC-10")
def test_after_a_merger_the_successor_answers_and_people_work_on(cast):
    gone, heir = cast.organization("third"), cast.organization("recipient")
    registrar, system = cast.person("third", Role.REGISTRAR), cast.system("third")

    bodies.merge(
        predecessors=[gone.pk], into=heir.pk, document="成委发〔2026〕9号", by=cast.actor("authority", Role.SYSTEM_ADMIN), now=cast.now
    )

    assert queries.successor(gone.pk) == heir
    assert queries.successor(heir.pk) == heir
    assert registrar in queries.holders(organization=heir.pk, role=Role.REGISTRAR, on=local_date(cast.now))
    assert queries.holders(organization=gone.pk, role=Role.REGISTRAR, on=local_date(cast.now)) == []
    system.refresh_from_db()
    assert system.organization == heir
    with pytest.raises(WrongState, match="已撤并"):
        bodies.rename(
            organization=gone.pk, name="新", short_name="新", document="x", by=cast.actor("authority", Role.SYSTEM_ADMIN), now=cast.now
        )


@pytest.mark.article("PC-10")
def test_a_split_names_who_takes_what_and_the_rest_goes_to_the_main_successor(cast):
    gone, first, second = (cast.organization(who) for who in ("third", "provider", "recipient"))

    bodies.split(
        organization=gone.pk,
        heirs={first.pk: [], second.pk: ["entry-7"]},
        main=first.pk,
        document="成编发〔2026〕5号",
        by=cast.actor("authority", Role.SYSTEM_ADMIN),
        now=cast.now,
    )

    assert queries.successor(gone.pk, matter="entry-7") == second
    assert queries.successor(gone.pk, matter="entry-8") == first


def owe(owner, about: str, cast: Cast) -> None:
    duties.start(
        kind="catalog:change",
        about=about,
        title="变更告知",
        owner=str(owner.pk),
        basis=rules.REGISTRATION,
        working_days=15,
        now=cast.now,
        by=cast.actor("third", Role.REGISTRAR),
    )


@pytest.mark.article("PC-10", "CD2016-29.2")
def test_what_a_divided_organization_owed_is_owed_by_who_took_it_over(cast):
    gone, first, second = (cast.organization(who) for who in ("third", "provider", "recipient"))
    admin = cast.person("third", Role.RESOURCE_ADMIN)
    owe(gone, "entry-7", cast)
    owe(gone, "entry-8", cast)

    bodies.split(
        organization=gone.pk,
        heirs={first.pk: [], second.pk: ["entry-7"]},
        main=first.pk,
        document="成编发〔2026〕5号",
        by=cast.actor("authority", Role.SYSTEM_ADMIN),
        now=cast.now,
    )

    assert duty_queries.open_for(str(gone.pk), now=cast.now) == []
    assert [duty.about for duty in duty_queries.open_for(str(second.pk), now=cast.now)] == ["entry-7"]
    assert {duty.about for duty in duty_queries.open_for(str(first.pk), now=cast.now)} == {"entry-8", filings.about(admin, first)}


@pytest.mark.article("PC-10")
def test_an_organization_may_give_matters_away_and_go_on(cast):
    body, heir = cast.organization("third"), cast.organization("provider")

    bodies.split(
        organization=body.pk,
        heirs={heir.pk: ["entry-1"]},
        main=None,
        document="成编发〔2026〕6号",
        by=cast.actor("authority", Role.SYSTEM_ADMIN),
        now=cast.now,
    )

    assert queries.get(body.pk).active
    assert queries.successor(body.pk, matter="entry-1") == heir
    assert queries.successor(body.pk) == body


@pytest.mark.article("PC-10")
@pytest.mark.parametrize(
    ("heirs", "main"),
    [({}, None), ({"third": []}, None), ({"provider": []}, "recipient"), ({"provider": ["a"], "recipient": ["a"]}, "provider")],
)
def test_a_division_that_leaves_doubt_is_refused(cast, heirs, main):
    with pytest.raises(Invalid):
        bodies.split(
            organization=cast.organization("third").pk,
            heirs={cast.organization(who).pk: matters for who, matters in heirs.items()},
            main=cast.organization(main).pk if main else None,
            document="文",
            by=cast.actor("authority", Role.SYSTEM_ADMIN),
            now=cast.now,
        )


@pytest.mark.article("PC-10")
def test_the_operating_authority_cannot_be_merged_away(cast):
    with pytest.raises(WrongState, match="只能更名"):
        bodies.merge(
            predecessors=[cast.organization("authority").pk],
            into=cast.organization("third").pk,
            document="文",
            by=cast.actor("authority", Role.SYSTEM_ADMIN),
            now=cast.now,
        )


def test_every_role_of_a_person_is_a_post_of_some_organization():
    assert set(Role) - {Role.SYSTEM, Role.PLATFORM} == rules.OPERATOR_POSTS


@pytest.mark.article("PC-10")
def test_what_a_department_gives_away_twice_to_the_same_one_is_on_file_twice(cast):
    giver, taker, by = cast.organization("provider"), cast.organization("third"), cast.actor("authority", Role.SYSTEM_ADMIN)
    first, second = "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"

    for matter in (first, second):
        bodies.split(organization=giver.pk, heirs={taker.pk: [matter]}, main=None, document="文", by=by, now=cast.now)

    assert [queries.successor(giver.pk, matter=matter).pk for matter in (first, second, "")] == [taker.pk, taker.pk, giver.pk]


@pytest.mark.parametrize("sent", ["", "x", "0" * 200, "\x00"])
def test_what_is_no_id_names_no_organization(cast, sent):
    by = cast.actor("authority", Role.SYSTEM_ADMIN)

    with pytest.raises(NotFound):
        queries.get(sent)
    with pytest.raises(NotFound):
        bodies.rename(organization=sent, name="甲", short_name="乙", document="文", by=by, now=cast.now)


def test_a_name_longer_than_what_keeps_it_is_refused_with_its_place(cast):
    with pytest.raises(Invalid) as refusal:
        register(cast, 78, short_name="局" * 61)

    assert [(fault.place, fault.message) for fault in refusal.value.faults] == [("short_name", "过长，最多 60 个字符")]


def test_an_authority_answers_for_the_bodies_of_its_tier_and_region(cast):
    city, district = cast.organization("authority"), cast.organization("district_authority")
    everybody = [cast.organization(who) for who in ("provider", "district")]

    assert queries.area(city.pk) == {str(city.pk), str(everybody[0].pk)}
    assert queries.area(district.pk) == {str(district.pk), str(everybody[1].pk)}
    assert queries.area(everybody[0].pk) == frozenset()
