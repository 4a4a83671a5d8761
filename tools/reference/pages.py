"""The pages, as text."""

from collections.abc import Callable, Iterable

from govshare.kernel.workflow import Workflow
from govshare.project.environment import VARIABLES
from govshare.regulation.articles import Article
from govshare.regulation.claims import GAPS, units
from govshare.regulation.conventions import CONVENTIONS
from govshare.regulation.rule_set import CURRENT
from tools.reference import authorization, commands, scan, site, transfer_types
from tools.reference.actions import actions

NOTICE = "<!-- Made by `python -m tools.reference` from the code: change the code, not this page. -->\n"


def grid(head: str, rows: Iterable[Iterable[str]]) -> str:
    columns = head.split("|")
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _codes(names: Iterable[str]) -> str:
    return "<br>".join(f"`{name}`" for name in names)


def _gist(article: Article, length: int = 40) -> str:
    first = article.text.partition("\n")[0]
    return first if len(first) <= length else f"{first[:length]}……"


_KINDS = {"not software": "不由软件落实", "not yet": "待建"}


def _article_row(article: Article) -> list[str]:
    citation = str(article)
    gap = GAPS.get(citation)
    note = f"{_KINDS[gap.kind]}：{gap.reason}" if gap else ""
    tests = (name.removeprefix("tests/") for name in scan.proofs().get(citation, []))
    return [f"{article.label} `{citation}`", _gist(article), _codes(scan.claims().get(citation, [])), _codes(tests), note]


def articles() -> str:
    """Where each article stands in code and tests, or why not."""
    chapters = dict.fromkeys(article.chapter for article in units())
    parts = [
        "# 条文索引 · Index of articles\n",
        NOTICE,
        f"《{CURRENT.title}》（{CURRENT.issuer}，{CURRENT.promulgated}），规则集 `{CURRENT}`。\n",
        "Every paragraph of the regulation, the modules that cite it, the tests marked with it; or the reason why there are none.",
    ]
    for chapter in chapters:
        rows = (_article_row(article) for article in units() if article.chapter == chapter)
        parts.append(f"\n## {chapter}\n\n{grid('条款|内容|落实于 `govshare.`|由测试证明 `tests/`|说明', rows)}")
    return "\n".join(parts) + "\n"


def conventions() -> str:
    """Platform conventions with their numbers."""
    rows = (
        [
            f"`{row}` {row.title}",
            row.text,
            f"`{row.serves}`",
            "" if row.default is None else f"{row.default} {row.unit}",
            "" if row.default is None else f"{row.least}–{row.most}",
            _codes(scan.convention_uses().get(row.number, [])),
        ]
        for row in sorted(CONVENTIONS.values(), key=lambda row: int(row.number.removeprefix("PC-")))
    )
    return (
        f"# 平台约定 · Platform conventions\n\n{NOTICE}\n"
        "What the platform needs beyond the regulation's text: no law, and always shown as 平台约定. "
        "A convention with a number starts with the one given here; the authority sets another, with its reason, and it is recorded "
        "(`duties.services.set_parameter`).\n\n"
        f"{grid('编号|约定|服务于|初始值|可设为|用于 `govshare.`', rows)}\n"
    )


def settings() -> str:
    """Every environment variable."""
    rows = (
        [f"`{variable.name}`", variable.help, f"`{variable.default}`" if variable.default else "", "yes" if variable.secret else ""]
        for variable in VARIABLES
    )
    return (
        f"# Settings\n\n{NOTICE}\n"
        "The platform reads environment variables and nothing else. A setting that is wrong or missing is one sentence at start.\n\n"
        f"{grid('Variable|What it sets|Default|Secret', rows)}\n"
    )


def audit_actions() -> str:
    """Every action that can stand in the evidence log."""
    rows = (
        [f"`{name}`", "；".join(dict.fromkeys(place.why for place in places)), _codes(dict.fromkeys(place.module for place in places))]
        for name, places in actions().items()
    )
    return (
        f"# 留痕动作 · Audit actions\n\n{NOTICE}\n"
        "The `action` of an evidence entry is `subject:object:verb`. Entries are kept for 15 years (CD2016-26), so a name is never reused "
        "for something else. `*` stands for a word known only when it is written.\n\n"
        f"{grid('Action|What it says|Written in `govshare.`', rows)}\n"
    )


def _diagram(workflow: Workflow) -> str:
    ids = {status: f"s{n}" for n, status in enumerate(workflow.labels)}
    lines = ["stateDiagram-v2", *(f"    {ids[status]}: {label}" for status, label in workflow.labels.items())]
    sources = {status for move in workflow for status in move.source}
    targets = {move.target for move in workflow}
    lines += [f"    [*] --> {ids[status]}" for status in ids if status not in targets or status == next(iter(ids))]
    lines += [f"    {ids[source]} --> {ids[move.target]}: {move.label}" for move in workflow for source in sorted(move.source)]
    lines += [f"    {ids[status]} --> [*]" for status in ids if status not in sources]
    return "\n".join(lines)


def workflows() -> str:
    """State diagrams and tables of moves."""
    parts = [
        f"# 办理流程 · Workflows\n\n{NOTICE}\n"
        "One table of moves per thing that has a status; only a service changes a status, after this table has let it through."
    ]
    for name, (place, workflow) in scan.workflows().items():
        rows = (
            [
                f"`{move.verb}` {move.label}",
                "、".join(workflow.labels[status] for status in sorted(move.source)),
                workflow.labels[move.target],
                "、".join(sorted(role.label for role in move.actors)),
                f"`{move.basis}`",
                f"`{move.action}`",
            ]
            for move in workflow
        )
        table = grid("动作|自|至|由谁|依据|留痕", rows)
        parts.append(f"## `{name}`\n\n`govshare.{place}`\n\n```mermaid\n{_diagram(workflow)}\n```\n\n{table}")
    return "\n\n".join(parts) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "articles.md": articles,
    "conventions.md": conventions,
    "settings.md": settings,
    "audit-actions.md": audit_actions,
    "authorization.md": authorization.page,
    "commands.md": commands.page,
    "site-map.md": site.page,
    "transfer-types.md": transfer_types.page,
    "workflows.md": workflows,
}
