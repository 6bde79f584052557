"""The fifth step: the reply, in the partner's own envelope, codes and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.intake import soap
from core.intake.post import Post, Reason, Refused, Stop
from core.intake.reply import Named
from core.intake.store import refusal
from core.store.request import State

_OUR_FAULTS = ("server_error", "busy")
_OUTCOMES = {State.CONFLICT: "conflict", State.FAILED: "not_stored"}


def answer(post: Post, demo: bool) -> None:
    """Fill reply and status of a post that went all the way, whatever became of its rows."""
    reply, accepted, duplicates = post.interface.reply, post.stored, post.duplicates
    aside = _kept_aside(post)
    post.refusals += [refusal(item, reply) for item in aside]
    refused = sorted([*post.refused, *aside], key=lambda item: item.index)
    result = "stored" if not refused else "partial" if accepted or duplicates else "refused"
    post.outcome = result
    case, message = reply.cases[result], reply.message(result, {"refused": len(refused)})
    if post.alone and refused:  # a record that came without a list is answered itself
        case, message = reply.cases[refused[0].reasons[0].outcome], reply.words(refused[0].reasons)
    names = {
        "result": reply.results[result],
        "message": message,
        "errorcode": case.code,
        "accepted": accepted,
        "duplicates": duplicates,
        "refused": len(refused),
        "rejected": [reply.rejected_row(item.index, item.reasons, _key(post, item.raw)) for item in refused],
        "demo": demo,
    }
    _fill(post, names, case.http)


def refuse(post: Post, stop: Stop, demo: bool) -> None:
    """Fill reply and status of a post that is refused as a whole; over SOAP a fault, where not even
    the operation is known."""
    reply = post.interface.reply
    post.stopped, post.outcome = stop.with_traceback(None), stop.outcome  # its frames hold the post, and so its body
    stop.__cause__ = stop.__context__ = None
    seconds = stop.values.get("seconds")
    post.retry_after_s = seconds if isinstance(seconds, int) else None
    layout = post.interface.layout
    if layout.soap is not None and (post.data is None or stop.outcome == "server_error"):
        whose, case = "Server" if stop.outcome in _OUR_FAULTS else "Client", reply.cases[stop.outcome]
        words = reply.message(stop.outcome, stop.values)
        post.status = 405 if stop.outcome == "method_wrong" else 500  # SOAP 1.1 tells of answers to a POST alone
        post.reply, post.content_type = soap.fault(whose, words, case.code, layout.charset)
        return
    names = reply.without_rows("refused", stop.outcome, stop.values, demo)
    _fill(post, names, reply.cases[stop.outcome].http)


def _fill(post: Post, names: Mapping[str, Any], http: int | None) -> None:
    reply = post.interface.reply
    body, layout = reply.render(Named(names, post.raws[0] if post.raws else None)), post.interface.layout
    if layout.soap is not None:  # its client reads the body of a 200 only; the codes in it say what became of the post
        post.status = 200
        post.reply, post.content_type = soap.answered(layout.soap, reply.text(body), layout.charset)
        return
    post.status = http or 200
    post.reply, post.content_type = reply.encode(body, layout.charset)


def _kept_aside(post: Post) -> list[Refused]:
    """The rows that the writer did not store and does not have."""
    states = post.written.states if post.written is not None else []
    if post.stored + post.duplicates == len(states):
        return []
    return [
        Refused(item.index, item.raw, (Reason(_OUTCOMES[state], values={"key": _key(post, item.raw)}),))
        for item, state in zip(post.mapped, states, strict=False)
        if state in _OUTCOMES
    ]


def _key(post: Post, raw: Any) -> str:
    return post.interface.explainer.key(raw, post.interface.entity.key)
