"""What happened to a submission, as the audit has it: who, when, what."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from handlers.colleagues import name_of
from handlers.drafts import Draft
from handlers.review_texts import path_name
from handlers.round_texts import when
from handlers.step_texts import cut
from handlers.translation import Translator
from storage.registry import AuditEvent

MOST = 12

_WORDS: Mapping[str, Callable[[Translator], Markup]] = {
    "begun": lambda say: say("bắt đầu làm"),
    "submitted": lambda say: say("gửi cho phường"),
    "accepted": lambda say: say("nhận bài"),
    "returned": lambda say: say("trả lại để sửa"),
    "withdrawn": lambda say: say("rút bài"),
    "withdraw_reason": lambda say: say("lý do rút"),
    "remarked": lambda say: say("góp ý"),
    "given_by": lambda say: say("nhập từ bài giấy của"),
}


def history(draft: Draft) -> Markup:
    """The newest events, oldest first, a line each."""
    say = draft.turn.say
    events = draft.turn.records.registry.audit.of("submission", draft.submission.id)
    head = say("<b>Lịch sử {code}</b>", code=draft.submission.code)
    more = [say("… {count} việc trước đó", count=len(events) - MOST)] if len(events) > MOST else []
    return Markup("\n").join([head, *more, *(_line(draft, event) for event in events[-MOST:])])


def _line(draft: Draft, event: AuditEvent) -> Markup:
    say = draft.turn.say
    words = _WORDS.get(event.action)
    text = words(say) if words else event.action
    if event.action == "remarked":
        path, _, reason = event.after.partition(": ")
        text = say("góp ý {name}: {reason}", name=path_name(draft, path), reason=cut(reason, 60))
    elif event.action in ("withdraw_reason", "given_by"):
        text = say("{what} {words}", what=text, words=cut(event.after, 60))
    who = name_of(draft.turn, event.by)
    return say("{at} {who}: {what}", at=when(event.at), who=who or say("người đã nghỉ"), what=text)
