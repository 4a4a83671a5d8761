"""Who there is in the made-up city: bodies, the tables they hold, the people in their posts. Nothing here touches anything."""

from dataclasses import dataclass

from govshare.demo.data.business import HOUSING_FUND, REAL_ESTATE, SOCIAL_INSURANCE
from govshare.demo.data.codes import credit_code
from govshare.demo.data.divisions import DIVISIONS
from govshare.demo.data.legal_entities import LEGAL_ENTITIES
from govshare.demo.data.residents import RESIDENTS
from govshare.demo.data.tables import MadeTable

CITY, JINJIANG, SHUANGLIU = "510100", "510104", "510116"
#: Serial numbers of the bodies' credit codes, clear of those of the firms.
_BODIES_FROM = 31**6 - 1_000


@dataclass(frozen=True, slots=True)
class Body:
    """``key`` names it in code and in its database; ``tables`` it provides; ``receives`` whether it has a landing schema."""

    key: str
    name: str
    short_name: str
    kind: str = "department"
    tier: str = "city"
    region: str = CITY
    tables: tuple[MadeTable, ...] = ()
    receives: bool = True

    @property
    def credit_code(self) -> str:
        return credit_code(_BODIES_FROM + [body.key for body in BODIES].index(self.key), region=self.region, kind="11")

    @property
    def database(self) -> str:
        return f"front_{self.key}"


#: The authority is the one that the text itself names in its article 41.
AUTHORITY = Body("authority", "成都市经济和信息化委员会", "市经信委", kind="authority", receives=False)
POLICE = Body("police", "成都市公安局", "市公安局", tables=(RESIDENTS,))
MARKET = Body("market", "成都市市场监督管理局", "市市场监管局", tables=(LEGAL_ENTITIES,))
LABOUR = Body("labour", "成都市人力资源和社会保障局", "市人社局", tables=(SOCIAL_INSURANCE,))
FUND = Body("fund", "成都住房公积金管理中心", "市公积金中心", tables=(HOUSING_FUND,))
CIVIL = Body("civil", "成都市民政局", "市民政局", tables=(DIVISIONS,))
LAND = Body("land", "成都市规划和自然资源局", "市规划和自然资源局", tables=(REAL_ESTATE,))
JINJIANG_AUTHORITY = Body("jinjiang", "成都市锦江区智慧城市建设局", "锦江区智慧城市局", "authority", "district", JINJIANG, receives=False)
SHUANGLIU_AUTHORITY = Body(
    "shuangliu", "成都市双流区经济和科技信息化局", "双流区经信局", "authority", "district", SHUANGLIU, receives=False
)

DEPARTMENTS = (POLICE, MARKET, LABOUR, FUND, CIVIL, LAND)
DISTRICTS = (JINJIANG_AUTHORITY, SHUANGLIU_AUTHORITY)
BODIES = (AUTHORITY, *DEPARTMENTS, *DISTRICTS)
