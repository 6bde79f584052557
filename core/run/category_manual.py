"""How a program asks a category: its manual in Markdown, made from what the category declares."""

from __future__ import annotations

from core.entity.entity import Field
from core.entity.window import WORDS
from core.run.asking import Look
from core.run.described import described
from core.run.query import MOST_ROWS
from core.run.resolving import asks_of, facets_of

TESTS = {
    "text": "（等于）、`.in`、`.not`、`.starts`、`.like`、`.present`",
    "ref": "（等于）、`.in`、`.not`、`.within`（本级及下级）、`.present`",
    "choice": "（等于）、`.in`、`.not`、`.present`",
    "boolean": "（等于）、`.present`",
    "number": "（等于）、`.from`、`.to`、`.above`、`.below`、`.in`、`.present`",
    "time": "`.from`、`.to`、`.within`、`.present`",
    "date": "（等于）、`.from`、`.to`、`.within`、`.present`",
    "list": "`.present`",
}


def manual(look: Look, url: str | None) -> str:
    """The manual of the category as the account may ask it."""
    category, rights = look.category, look.rights
    address = f"{url or 'https://platform.example'}/api/v1/categories/{category.id}"
    fields = asks_of(rights, look.store, category)
    shown = [one.field for one in category.shown if look.veil.is_there(one.field.name)]
    facets = "、".join(f"`{field.name}`" for field in facets_of(category) if field in fields) or "无"
    parts = [
        f"# {category.title}",
        category.help,
        "## 查询",
        f"`GET {address}?字段=值&字段.条件=值&sort=-字段&limit=20&after=标记`",
        f"每页最多 {MOST_ROWS} 条；`after` 用上一页返回的标记，`page` 用页号。"
        "只要返回的 `after` 不是 null 就还有下一页，哪怕本页不满："
        "条件没有索引可用时一次只查一段时间，`reached` 是查到的时间。",
        f"条数与合计随第一页返回；`count=false` 时不返回，另用 `GET {address}/totals?字段=值` 查。",
        "多个条件须同时满足，同一字段多次出现为任一。",
        f"时间范围 `.within` 可用 {WORDS}，或 2026-11-01、2026-11。",
        "## 条件",
        _table(("字段", "名称", "条件"), [_asked(look, field) for field in fields]),
        "## 返回的列",
        _table(("字段", "名称", "单位"), [(f"`{one.name}`", one.label, one.type.shown) for one in shown]),
        "## 分面",
        f"`GET {address}/facets?field=字段`，可用字段：{facets}",
        "## 单条记录",
        f"`GET {address}/records/序号`，返回记录、变更历史与判定说明。",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _asked(look: Look, field: Field) -> tuple[str, str, str]:
    alike = "、`.alike`（形近）" if field.type.alike else ""
    return f"`{field.name}`", field.label, TESTS[described(look.rights, field)["type"]] + alike


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
