"""The words of the catalog: what is stored, and what people read. Sources: CD2016, 政务信息资源目录编制指南 of 2017."""

from govshare.kernel.choices import TextChoices


class Status(TextChoices):
    """Of one revision of an entry in the department's own resource catalog 「资源目录」."""

    DRAFT = "draft", "草稿"
    REVIEW = "review", "部门审核中"
    PUBLISHED = "published", "已发布并备案"
    SUPERSEDED = "superseded", "已被新版取代"
    RETIRED = "retired", "已停用"
    DISCARDED = "discarded", "已放弃"


class ListingStatus(TextChoices):
    """Of an entry in the city's sharing catalog 「共享目录」."""

    FILED = "filed", "已备案待确认"
    RETURNED = "returned", "退回调整"
    LISTED = "listed", "已列入共享目录"
    CHANGED = "changed", "已列入，变更待确认"
    DELISTED = "delisted", "已移出"


class VerificationStatus(TextChoices):
    """Of an entry that is not shared, before the authority 「核定」."""

    PENDING = "pending", "待核定"
    VERIFIED = "verified", "已核定不予共享"
    RETURNED = "returned", "核定退回"
    LAPSED = "lapsed", "不再适用"


class ShareType(TextChoices):
    """Class of sharing 「共享类型」 (CD2016-5)."""

    UNCONDITIONAL = "unconditional", "无条件共享"
    CONDITIONAL = "conditional", "条件共享"
    NONE = "none", "不予共享"


class Mode(TextChoices):
    """Mode of sharing 「共享服务模式」 (CD2016-24)."""

    QUERY = "query", "信息查询"
    TABLE = "table", "直接数据交换"
    INTERFACE = "interface", "接口服务"
    CUSTOM = "custom", "定制处理"


class FormatClass(TextChoices):
    """Format 「信息资源格式分类」."""

    DOCUMENT = "document", "电子文件"
    SHEET = "sheet", "电子表格"
    DATABASE = "database", "数据库"
    IMAGE = "image", "图形图像"
    STREAM = "stream", "流媒体"
    SELF_DESCRIBING = "self_describing", "自描述格式"
    SERVICE = "service", "服务接口"


class UpdateCycle(TextChoices):
    """How often the content is brought up to date 「更新周期」."""

    REALTIME = "realtime", "实时"
    DAILY = "daily", "每日"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"
    HALF_YEARLY = "half_yearly", "每半年"
    YEARLY = "yearly", "每年"
    IRREGULAR = "irregular", "不定期"


class ItemType(TextChoices):
    """Data type of an item 「信息项数据类型」."""

    C = "C", "字符型"
    N = "N", "数值型"
    Y = "Y", "货币型"
    D = "D", "日期型"
    T = "T", "日期时间型"
    L = "L", "逻辑型"
    M = "M", "备注型"
    G = "G", "通用型"
    B = "B", "双精度型"
    I = "I", "整型"  # noqa: E741 - the letter is the standard's
    F = "F", "浮点型"


class Sensitivity(TextChoices):
    """Of an item (CD2016-5.3)."""

    ORDINARY = "ordinary", "普通"
    SENSITIVE = "sensitive", "敏感"
    PERSONAL = "personal", "个人信息"
    COMMERCIAL_SECRET = "commercial_secret", "商业秘密"


class Classification(TextChoices):
    """Data level 「分级」. Marks of state secrets are no level here: they are refused (CD2016-5.4)."""

    ONE = "1", "一级"
    TWO = "2", "二级"
    THREE = "3", "三级"
    FOUR = "4", "四级"


class GroundKind(TextChoices):
    LAW = "law", "法律"
    REGULATION = "regulation", "法规"
    RULE = "rule", "规章"


class Allows(TextChoices):
    """What a legal ground is good for: refusing a demand (CD2016-22), not sharing at all (CD2016-13.2), or both."""

    REFUSE_SHARING = "refuse_sharing", "拒绝共享需求"
    NOT_SHARED = "not_shared", "不予共享"
    BOTH = "both", "不予共享及拒绝共享需求"


#: Items that may not stand in an unconditional entry (CD2016-5.3).
PROTECTED = frozenset({Sensitivity.PERSONAL, Sensitivity.COMMERCIAL_SECRET})
#: Statuses in which an entry stands in the sharing catalog.
IN_CATALOG = frozenset({ListingStatus.LISTED, ListingStatus.CHANGED})
#: Statuses of a revision that is being worked on.
PENDING = frozenset({Status.DRAFT, Status.REVIEW})
