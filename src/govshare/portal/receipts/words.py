"""Evidence actions in plain words: those of the workflows by their buttons' labels, the others here."""

from collections.abc import Mapping
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog.rules import workflows as catalog
from govshare.exchange.rules import RUN, TRANSFER
from govshare.hosting.rules import UPLOAD
from govshare.kernel.workflow import Workflow
from govshare.sharing.rules.demands import WORKFLOW

_WORKFLOWS: tuple[Workflow, ...] = (catalog.ENTRY, catalog.LISTING, catalog.VERIFICATION, WORKFLOW, TRANSFER, RUN, UPLOAD)

_OTHERS: Mapping[str, str | Promise] = {
    "alerts:alert:answer": _("说明异常取数提示"),
    "alerts:alert:ask": _("请部门说明异常取数"),
    "alerts:alert:dispose": _("处置异常取数提示"),
    "alerts:alert:read": _("查看异常取数提示"),
    "alerts:alert:raise": _("发现异常取数"),
    "archive:hold:lift": _("解除日志保全"),
    "archive:hold:place": _("设定日志保全"),
    "archive:identifiers:destroy": _("销毁当月号码密钥"),
    "archive:log:check": _("核查归档"),
    "archive:log:export": _("导出归档"),
    "archive:log:restore": _("取回归档"),
    "archive:opening:agree": _("同意打开查询对象"),
    "archive:opening:ask": _("申请打开查询对象"),
    "archive:opening:look": _("查看查询对象"),
    "archive:opening:refuse": _("不同意打开查询对象"),
    "archive:partition:drop": _("移出已封存的分区"),
    "archive:purge:agree": _("同意销毁号码密钥"),
    "archive:purge:ask": _("申请销毁号码密钥"),
    "archive:purge:refuse": _("不同意销毁号码密钥"),
    "archive:segment:dispose": _("处置期满的归档"),
    "archive:segment:seal": _("封存日志"),
    "audit:checkpoint:doubt": _("见证方对日志提出异议"),
    "audit:entry:export": _("导出日志"),
    "audit:entry:search": _("检索日志"),
    "audit:log:ask-check": _("要求核查日志完整性"),
    "audit:key:rotate": _("更换日志签名密钥"),
    "audit:log:check": _("核查日志完整性"),
    "audit:log:contradict": _("所见证的日志前后矛盾"),
    "audit:receipt:read": _("查看回执"),
    "catalog:entry:create": _("新登记资源"),
    "catalog:entry:edit": _("修改资源登记"),
    "catalog:entry:set-items": _("编排信息项"),
    "catalog:entry:take-over": _("资源由承接部门接管"),
    "catalog:ground:add": _("登记法定依据"),
    "catalog:ground:close": _("停用法定依据"),
    "catalog:node:add": _("增设目录类目"),
    "catalog:route:bind": _("绑定访问接口"),
    "catalog:route:test": _("测试访问接口"),
    "duties:calendar:change-day": _("调整工作日历"),
    "duties:calendar:load": _("载入年度工作日历"),
    "duties:duty:extend": _("延长期限"),
    "duties:duty:hand-over": _("移交未了期限"),
    "duties:duty:resume": _("恢复计期"),
    "duties:duty:suspend": _("中止计期"),
    "duties:parameter:set": _("调整平台约定参数"),
    "duties:rule-set:file": _("登记规则依据文件"),
    "duties:rule-set:withdraw": _("撤销登记的规则依据文件"),
    "exchange:chunk:commit": _("一批数据到达"),
    "exchange:run:start": _("发起一次传输"),
    "exchange:transfer:order": _("登记传输"),
    "gateway:connection:open": _("业务系统接入"),
    "hosting:bad-row:drop": _("不再处理隔离的行"),
    "hosting:bad-row:mend": _("改正隔离的行"),
    "hosting:row:add": _("新增托管数据行"),
    "hosting:row:change": _("修改托管数据行"),
    "hosting:row:delete": _("删除托管数据行"),
    "hosting:space:open": _("开通部门托管库"),
    "hosting:table:follow": _("按目录更新托管表"),
    "hosting:table:make": _("建立托管表"),
    "hosting:table:offer": _("把托管表作为来源"),
    "hosting:table:remove": _("撤销托管表"),
    "hosting:table:settle": _("补记托管库的改动"),
    "hosting:upload:check": _("上传托管数据"),
    "organizations:appointment:begin": _("任命"),
    "organizations:appointment:end": _("免去职务"),
    "organizations:certificate:bind": _("绑定证书"),
    "organizations:certificate:confirm": _("确认换证"),
    "organizations:certificate:present": _("出示新证书"),
    "organizations:certificate:reject": _("不确认换证"),
    "organizations:certificate:renew": _("换证"),
    "organizations:certificate:revoke": _("停用证书"),
    "organizations:filing:acknowledge": _("准予管理员备案"),
    "organizations:filing:file": _("报备信息资源管理员"),
    "organizations:filing:return": _("退回管理员备案"),
    "organizations:organization:merge": _("合并机构"),
    "organizations:organization:register": _("登记机构"),
    "organizations:organization:rename": _("机构更名"),
    "organizations:organization:split": _("拆分机构"),
    "organizations:person:add": _("登记人员"),
    "organizations:person:correct": _("更正人员信息"),
    "organizations:person:hand-over": _("工作移交"),
    "organizations:person:import": _("批量导入人员"),
    "organizations:revocation-list:be-late": _("吊销列表逾期告警"),
    "organizations:revocation-list:load": _("载入吊销列表"),
    "organizations:session:close": _("退出登录"),
    "organizations:session:open": _("登录"),
    "organizations:stand-in:begin": _("安排代岗"),
    "organizations:stand-in:end": _("结束代岗"),
    "organizations:system:register": _("登记业务系统"),
    "organizations:system:retire": _("停用业务系统"),
    "organizations:trust-anchor:add": _("增加信任的签发机构"),
    "organizations:trust-anchor:withdraw": _("撤出信任的签发机构"),
    "papers:paper:issue": _("出具文书"),
    "papers:scan:attach": _("上传盖章件"),
    "sharing:attachment:add": _("添加附件"),
    "sharing:attachment:remove": _("移除附件"),
    "sharing:demand:draft": _("起草共享需求"),
    "sharing:grant:bind": _("授权绑定来源字段"),
    "sharing:grant:confirm": _("确认变更后的授权"),
    "sharing:grant:end": _("终止授权"),
    "sharing:grant:supersede": _("授权被取代"),
    "sources:front-database:change-password": _("更换前置库口令"),
    "sources:front-database:host": _("登记托管库"),
    "sources:front-database:register": _("登记前置库"),
    "sources:front-database:retire": _("停用前置库"),
    "sources:front-database:test": _("测试前置库"),
    "sources:password:reseal": _("重新加密前置库口令"),
}

#: What an action begins with, for filters.
SUBJECTS: Mapping[str, str | Promise] = {
    "catalog:": _("目录"),
    "sharing:": _("共享需求与授权"),
    "exchange:": _("数据交换"),
    "sources:": _("前置库"),
    "hosting:": _("托管库"),
    "papers:": _("文书"),
    "organizations:": _("机构、人员与证书"),
    "duties:": _("时限、日历与约定"),
    "audit:": _("日志查看"),
    "alerts:": _("异常取数"),
    "archive:": _("日志归档"),
    "portal:": _("网页上被拒绝的操作"),
    "api:": _("接口上被拒绝的操作"),
    "gateway:": _("业务系统接入"),
}


def action_words(action: str) -> str:
    """``sharing:demand:grant`` → 同意提供; what is not known stays as it is."""
    if action.startswith(("portal:", "api:")):
        return gettext("被拒绝的操作")
    label = _labels().get(action)
    return gettext(label) if label else str(_OTHERS.get(action, action))


@cache
def _labels() -> Mapping[str, str]:
    return {move.action: str(move.label) for workflow in _WORKFLOWS for move in workflow}
