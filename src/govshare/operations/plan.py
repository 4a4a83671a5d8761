"""The plan of a first start: one TOML file that says who the authority and its first officers are, and whom the platform trusts.

``docs/how-to/first-start.md`` has an example. File names are relative to the plan.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govshare.kernel.roles import EXCLUSIVE, Role
from govshare.operations.trouble import Trouble
from govshare.organizations.services import founding

_AUTHORITY = ("name", "short_name", "uscc", "tier", "region")
_OFFICER = ("role", "name", "number", "certificate")
_TRUST = ("name", "certificate", "revocation_list")


@dataclass(frozen=True, slots=True)
class Officer:
    role: Role
    name: str
    number: str  # of the person, in the authority
    certificate: bytes  # PEM or DER
    duty: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Trusted:
    """A certificate authority with its newest revocation list; roots come before what they issued."""

    name: str
    certificate: bytes
    revocation_list: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    short_name: str
    uscc: str
    tier: str
    region: str
    document: str
    officers: tuple[Officer, ...]
    trusted: tuple[Trusted, ...]


def read(path: Path) -> Plan:
    """Read and check the plan; all that is missing is said at once."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Trouble(f"{path} 不是有效的 TOML 文件。", f"{path} is not valid TOML.", said=str(error)) from error
    reading = _Reading(path.parent)
    authority = reading.row(table.get("authority", {}), "authority", _AUTHORITY)
    officers = [reading.officer(row, f"officer[{n}]") for n, row in enumerate(table.get("officer", []), 1)]
    trusted = [reading.trusted(row, f"trust[{n}]") for n, row in enumerate(table.get("trust", []), 1)]
    reading.check_roles([officer for officer in officers if officer])
    if not trusted:
        reading.faults.append("trust：至少一个证书签发机构")
    if reading.faults:
        raise Trouble(
            f"首次启用方案 {path} 尚有 {len(reading.faults)} 处要补：", f"The plan {path} is not complete:", said="\n".join(reading.faults)
        )
    return Plan(
        **{name: str(authority[name]) for name in _AUTHORITY},
        document=str(authority.get("document", "")),
        officers=tuple(officer for officer in officers if officer),
        trusted=tuple(one for one in trusted if one),
    )


class _Reading:
    """Collects everything wrong, so that it can be mended in one go."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.faults: list[str] = []

    def row(self, table: Mapping[str, Any], place: str, needed: tuple[str, ...]) -> Mapping[str, Any]:
        self.faults += [f"{place}.{name}：请填写" for name in needed if not str(table.get(name, "")).strip()]
        return table

    def file(self, table: Mapping[str, Any], name: str, place: str) -> bytes:
        if not table.get(name):
            return b""
        path = self.directory / str(table[name])
        try:
            return path.read_bytes()
        except OSError as error:
            self.faults.append(f"{place}.{name}：读不到 {path}（{error.strerror}）")
            return b""

    def officer(self, table: Mapping[str, Any], place: str) -> Officer | None:
        row = self.row(table, place, _OFFICER)
        said = str(row.get("role", ""))
        role = next((role for role in Role if said in {role.value, role.label}), None)
        certificate = self.file(row, "certificate", place)
        if role is None:
            self.faults += [f"{place}.role：没有角色“{said}”"] if said else []
            return None
        optional = {name: str(row.get(name, "")) for name in ("duty", "phone")}
        return Officer(role, str(row.get("name", "")), str(row.get("number", "")), certificate, **optional)

    def trusted(self, table: Mapping[str, Any], place: str) -> Trusted | None:
        row = self.row(table, place, _TRUST)
        return Trusted(str(row.get("name", "")), self.file(row, "certificate", place), self.file(row, "revocation_list", place))

    def check_roles(self, officers: list[Officer]) -> None:
        """A leader and the three administrators at least, one of each; the three are three persons (CD2016-33)."""
        held = Counter(officer.role for officer in officers)
        self.faults += [f"officer：缺少{role.label}" for role in founding.FIRST if role not in held]
        self.faults += [f"officer：{role.label}应为一人，现有 {n} 人" for role, n in held.items() if n > 1]
        three = [officer.number for officer in officers if officer.role in EXCLUSIVE]
        if len(set(three)) != len(three):
            self.faults.append("officer：系统管理员、安全管理员、审计管理员应是三个不同的人")
