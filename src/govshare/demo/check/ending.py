"""A grant that ends gives nothing any more; then the check puts its things away."""

from psycopg import sql

from govshare.demo.check import material
from govshare.demo.check.material import PROVIDER, RECIPIENT
from govshare.demo.check.scene import Scene, declined, hold
from govshare.demo.check.steps import Part
from govshare.demo.check.transferring import landing
from govshare.demo.frontends import LANDING, SHARE
from govshare.kernel.roles import Role

PART = Part()


@PART.step("授权结束，即不能再取数", "CD2016-31")
def ended(scene: Scene) -> str:
    keeper = scene.session(RECIPIENT, Role.RESOURCE_ADMIN)
    grant = keeper.post(f"/grants/{scene['grant']}/end", {"reason": "演示核验结束，不再需要"})
    hold(grant["status"] == "ended", "授权应已结束")
    refusal = declined(lambda: keeper.post(f"/transfers/{scene['transfer']}/runs"), status=409)
    return str(refusal)


@PART.step("停用信息资源，移出共享目录", "CD2016-21")
def retired(scene: Scene) -> str:
    keeper = scene.session(RECIPIENT, Role.RESOURCE_ADMIN)
    keeper.post(f"/transfers/{scene['transfer']}/close", {"reason": "演示核验结束"})
    reviewer = scene.session(PROVIDER, Role.REVIEWER)
    entry = reviewer.get(f"/entries/{scene['entry']}")
    retire = {"expected_version": entry["version"], "reason": "演示核验结束"}
    entry = reviewer.post(f"/entries/{entry['id']}/retire", retire)
    hold(entry["listing"]["status"] == "delisted", "应已移出")
    hold(not scene.session(RECIPIENT, Role.REGISTRAR).get(f"/catalog?text={scene.run}")["total"], "应检索不到")
    with scene.front_ends.owner(PROVIDER) as link:
        link.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(SHARE, material.table(scene))))
    with scene.front_ends.owner(RECIPIENT) as link:
        link.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(LANDING, landing(scene))))
    return str(entry["code"])
