"""The printed manual of an interface, made from its declaration: Markdown, and HTML of it."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.intake.encode import TYPES
from core.intake.plan import Interface
from core.intake.post import Auth, Partner
from core.intake.reply import Reply
from core.run.contract import Said, fields_of, sample, with_token
from core.run.snapshot import Snapshot

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

PAGE = Template(Path(__file__).with_name("manual.html").read_text(encoding="utf-8"))
SOMEWHERE = "https://platform.example"


def manual(
    platform: Platform, _progress: Progress, *, interface: str, partner: str | None = None, url: str | None = None
) -> dict[str, str]:
    """{title, text}: the manual in Markdown; with `partner`, told the one way that this partner has."""
    snapshot = platform.snapshot
    said = snapshot.interfaces.get(interface)
    if said is None:
        raise ZcError(
            phrase("there is no interface {interface}", interface=interface),
            phrase("Known: {names}", names=", ".join(sorted(snapshot.interfaces))),
        )
    if partner is not None and partner not in snapshot.partners:
        raise ZcError(
            phrase("there is no partner {partner}", partner=partner),
            phrase("Known: {names}", names=", ".join(sorted(snapshot.partners)) or phrase("none yet")),
        )
    who = snapshot.partners[partner] if partner else None
    return {"title": said.title, "text": as_markdown(snapshot, said, url or platform.url or SOMEWHERE, who)}


def as_markdown(snapshot: Snapshot, interface: Interface, url: str, partner: Partner | None = None) -> str:
    """The manual. Not for a running loop: the sample's reply is made by the five steps themselves."""
    body, reply = sample(snapshot, interface)
    declared = snapshot.reading.declarations["interface"][interface.id].data
    fields = fields_of(snapshot, interface)
    limits = snapshot.site["intake"]
    parts = [
        f"# {interface.title}",
        f"{snapshot.site['title']} · 快照 {snapshot.number}",
        "## 地址",
        _table(
            ("项", "值"),
            [
                ("方法与地址", f"`POST {url}{interface.path}`"),
                ("格式", f"{declared['format']}，{declared['charset']}"),
                (
                    "记录所在",
                    f"`{'.'.join(interface.records)}`（一个对象或对象的列表）" if interface.records else "报文本身",
                ),
                ("一次最多", f"{limits['records']} 条，{limits['body_mib']} MiB"),
                ("空值写法", "、".join(f"`{word}`" for word in declared["null_words"]) or "无"),
            ],
        ),
        "## 身份",
        *_identity(interface, url, partner),
        "## 字段",
        _table(("字段", "含义", "必填", "类型", "单位", "格式", "取值", "说明"), [_row(said) for said in fields]),
        *_values(fields),
        *_checks(interface),
        "## 样例",
        _code(with_token(interface, body), "json" if declared["format"] == "json" else ""),
        "应答：",
        _code(reply, ""),
        "```sh\n" + _curl(interface, declared["format"], url, partner) + "\n```",
        "## 应答代码",
        "同一编号、同一内容再报一次算成功（计入重复）；没收到应答时请原样重报。应答带 `Retry-After` 时请等够秒数再报。",
        *_codes(interface.reply),
    ]
    return "\n\n".join(parts) + "\n"


def as_html(text: str, title: str) -> str:
    """A manual as a page of its own, to be read or printed."""
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return PAGE.substitute(title=html.escape(title), body=body)


def _identity(interface: Interface, url: str, partner: Partner | None) -> list[str]:
    if partner is not None:
        return _way(partner.auth, interface, url)
    token = f"报文的 `{'.'.join(interface.token)}` 字段或 " if interface.token else ""
    return [
        f"每个对接方有一种方式，由平台登记。缺省为令牌：以 appid 和密钥向 `POST {url}/api/token` 换取，放在 {token}"
        "`Authorization: Bearer` 头中。其他方式（密钥、HTTP Basic、签名、客户端证书、地址）见平台交给您的单独一份手册。"
    ]


def _way(auth: Auth, interface: Interface, url: str) -> list[str]:
    """What one partner has to do, exactly."""
    place = f"报文的 `{'.'.join(interface.token)}` 字段或 " if interface.token else ""
    if auth.type == "token":
        asked = '{"appid": "APPID", "secret": "SECRET"}'
        return [
            f"以 appid 和密钥换取令牌，放在 {place}`Authorization: Bearer` 头中：",
            _code(f"POST {url}/api/token\n{asked}", ""),
        ]
    if auth.type == "key":
        places = [f"{place}`Authorization: Bearer` 头中放 `appid.密钥`"]
        places += [f"`{auth.names['header']}` 头中放 `appid.密钥`"] if "header" in auth.names else []
        if "secret" in auth.names:
            places.append(f"报文的 `{auth.names['appid']}` 与 `{auth.names['secret']}` 字段分别放 appid 与密钥")
        return ["；或 ".join(places) + "。"]
    if auth.type == "basic":
        return ["HTTP Basic：用户名为 appid，口令为密钥。"]
    if auth.signature is None:
        return ["凭登记的客户端证书。" if auth.type == "certificate" else "凭登记的来源地址。"]
    return _signing(auth)


def _signing(auth: Auth) -> list[str]:
    signature = auth.signature
    if signature is None:
        return []
    where = {"header": "HTTP 头", "query": "URL 参数", "body": "报文"}[signature.place]
    words = {"appid": "appid", "timestamp": "时间戳", "nonce": "随机数，每次不同", "sign": "签名"}
    joint = {"": "直接相连", "\n": "以换行符（0x0A）相连"}.get(signature.separator, f"以 `{signature.separator}` 相连")
    salt = f"`{signature.salt_name}=密钥`" if signature.salt_name else "密钥"
    how = {"before": f"最前加{salt}", "after": f"最后加{salt}", "both": f"最前和最后各加{salt}"}[signature.salt]
    steps = [
        f"取值：{'、'.join(f'`{name}`' for name in signature.fields)}（`body` 为报文的原始字节）",
        *(["写成 `名=值`"] if signature.style == "pairs" else []),
        *([] if signature.algorithm.startswith("hmac") else [f"{how}（同样相连）"]),
        f"按此次序{joint}",
        f"算 {signature.algorithm.upper()}，写成 {signature.encoding}",
    ]
    said = [f"每次请求签名，四项放在{where}中："]
    said.append(_table(("名称", "内容"), [(f"`{name}`", words[role]) for role, name in signature.names.items()]))
    said += ["\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))]
    if "timestamp" in signature.names:
        said.append(
            f"时间戳与平台时间相差超过 {signature.window_s} 秒即拒收；同一随机数（没有随机数时同一签名）只能用一次。"
        )
    return said


def _row(said: Said) -> tuple[str, ...]:
    joint = f" 以 {said.source.joint} 相连" if said.source.join else ""
    names = (" + " if said.source.join else " 或 ").join(f"`{name}`" for name in said.names)
    help_ = "；".join(
        filter(None, [said.field.help, f"缺省 {said.rules['default']}" if "default" in said.rules else ""])
    )
    taken = "见下表" if said.rules.get("values") else said.bounds
    return (
        names + joint, said.field.label, "是" if said.required else "", said.field.type.noun, said.unit, said.pattern,
        taken, help_,
    )  # fmt: skip


def _values(fields: Sequence[Said]) -> Iterable[str]:
    for said in fields:
        if said.rules.get("values"):
            yield f"### {said.names[0]} 取值对照"
            yield _table(
                ("对方的值", "含义"), [(f"`{theirs}`", str(ours)) for theirs, ours in said.rules["values"].items()]
            )


def _checks(interface: Interface) -> list[str]:
    lines = [f"- {check.message}{f'（`{check.field}`）' if check.field else ''}" for check in interface.checks]
    return ["另须满足：", "\n".join(lines)] if lines else []


def _codes(reply: Reply) -> Iterable[str]:
    for level, title in (("post", "### 整个请求"), ("row", "### 单条记录")):
        yield title
        rows = [
            (str(case.code), str(case.http or ""), case.words, case.meaning, case.remedy)
            for case in reply.cases.values()
            if case.outcome.level == level
        ]
        yield _table(("代码", "HTTP", "说明", "含义", "处理办法"), rows)


def _curl(interface: Interface, form: str, url: str, partner: Partner | None) -> str:
    media = TYPES[form]
    way = partner.auth.type if partner else "token"
    options = {
        "token": "-H 'Authorization: Bearer TOKEN'", "key": "-H 'Authorization: Bearer APPID.SECRET'",
        "basic": "-u APPID:SECRET", "certificate": "--cert client.pem --key client.key",
        "signature": "-H 'X-Appid: APPID' -H 'X-Timestamp: …' -H 'X-Nonce: …' -H 'X-Sign: …'", "address": "",
    }[way]  # fmt: skip
    return f"curl -X POST {url}{interface.path} -H 'Content-Type: {media}' {options} --data-binary @body".replace(
        "  ", " "
    )


def _code(text: str, language: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(str(cell)) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
