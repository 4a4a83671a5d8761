"""The roles people and machines act in; the law's terms once, here."""

from govshare.kernel.choices import TextChoices


class Role(TextChoices):
    """An appointment gives one. The three administrators 三员 of the platform exclude one another."""

    REGISTRAR = "registrar", "目录登记人员"
    REVIEWER = "reviewer", "目录审核人员"
    RESOURCE_ADMIN = "resource_admin", "信息资源管理员"
    LEADER = "leader", "分管领导"
    AUTHORITY = "authority", "信息化主管部门经办人"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"
    SYSTEM = "system", "部门业务系统"
    PLATFORM = "platform", "共享平台"


#: 系统管理员, 安全管理员 and 审计管理员 are mutually exclusive (CD2016-33, the third protection grade).
EXCLUSIVE = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
