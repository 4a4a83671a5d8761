"""Front-end exchange databases 「前置交换数据库」: registered, tested, retired (CD2016-12, 19, 40(5))."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from govshare.api.frame import actor, endpoint
from govshare.api.schemas import Answer, Body, Code, Line, Reason
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotYours
from govshare.kernel.roles import Role
from govshare.sources import queries, rules, services

router = Router(tags=["前置库"])

KEEPERS = (Role.RESOURCE_ADMIN, Role.SYSTEM_ADMIN)
READERS = (*KEEPERS, Role.REGISTRAR)


class FrontDatabaseIn(Body):
    organization: UUID
    name: Line
    engine: rules.Engine
    purpose: rules.Purpose
    host: str = Field(max_length=253)
    port: int
    database: Line
    schema_name: Line = Field(alias="schema")
    account: Line
    password: str = Field(max_length=400, description="只在登记时提交一次，加密保存，不再显示")
    tls_mode: rules.TlsMode
    ca_certificate: str = Field("", max_length=100_000, description="数据库证书的签发机构，PEM；为空用系统信任的机构")


class Password(Body):
    password: str = Field(max_length=400)


class FrontDatabaseOut(Answer):
    id: UUID
    organization_id: UUID
    name: str
    engine: str
    purpose: str
    host: str
    port: int
    database: str
    schema_name: str = Field(alias="schema")
    account: str
    tls_mode: str
    tested_at: datetime | None
    test_passed: bool | None
    test_message: str
    server_version: str
    receipt_number: str


class ColumnOut(Answer):
    name: str
    type: str
    nullable: bool


class TableOut(Answer):
    name: str
    columns: list[ColumnOut]
    key: list[str]


@router.get("", response=list[FrontDatabaseOut], **endpoint(*READERS, basis=rules.FRONT_DATABASE))
def list_front_databases(request: HttpRequest, purpose: Code = "") -> object:
    """本部门的前置交换数据库。"""
    return queries.of_organization(UUID(actor(request).organization), purpose=purpose)


@router.post("", response={201: FrontDatabaseOut}, **endpoint(Role.RESOURCE_ADMIN, basis=rules.REGISTERED))
def register_front_database(request: HttpRequest, body: FrontDatabaseIn) -> object:
    """登记前置交换数据库。"""
    values = body.dict()
    values["schema"] = values.pop("schema_name")
    return Status(201, services.register(**values, by=actor(request), now=utc_now()))


@router.post("/{front_database_id}/test", response=FrontDatabaseOut, **endpoint(*KEEPERS, basis=rules.REGISTERED))
def test_front_database(request: HttpRequest, front_database_id: UUID) -> object:
    """连接、核对账号权限、读取表结构；结果好坏都留档。"""
    return services.test(front_database=front_database_id, by=actor(request), now=utc_now())


@router.put("/{front_database_id}/password", response=FrontDatabaseOut, **endpoint(Role.RESOURCE_ADMIN, basis=rules.REGISTERED))
def change_password(request: HttpRequest, front_database_id: UUID, body: Password) -> object:
    """更换口令；须重新测试。"""
    return services.change_password(front_database=front_database_id, password=body.password, by=actor(request), now=utc_now())


@router.post("/{front_database_id}/retire", response=FrontDatabaseOut, **endpoint(*KEEPERS, basis=rules.WITHDRAWN))
def retire_front_database(request: HttpRequest, front_database_id: UUID, body: Reason) -> object:
    """停用。"""
    return services.retire(front_database=front_database_id, reason=body.reason, by=actor(request), now=utc_now())


@router.get("/{front_database_id}/tables", response=list[TableOut], **endpoint(*READERS, basis=rules.FRONT_DATABASE))
def list_tables(request: HttpRequest, front_database_id: UUID) -> object:
    """最近一次测试时看到的表结构。"""
    front = queries.get(front_database_id)
    if str(queries.owner(front).id) != actor(request).organization:
        raise NotYours("只能查看本部门的前置交换数据库", basis=rules.FRONT_DATABASE)
    return list(queries.tables(front))
