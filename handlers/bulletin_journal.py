"""What happened to an announcement, as the audit has it: who wrote it, approved it, sent it at night, stopped it."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.colleagues import name_of
from handlers.translation import Translator
from handlers.turn import Turn
from handlers.wording import moment
from storage.announcements import QUIET_OVERRIDDEN, Announcement
from storage.registry import AuditEvent

MOST = 15
_WORDS: Mapping[str, Callable[[Translator], Markup]] = {
    "drafted": lambda say: say("bắt đầu soạn"),
    "proposed": lambda say: say("xin duyệt"),
    "given back": lambda say: say("chưa duyệt, trả lại"),
    "confirmed": lambda say: say("gửi"),
    "paused": lambda say: say("tạm dừng"),
    "resumed": lambda say: say("gửi tiếp"),
    "cancelled": lambda say: say("dừng hẳn"),
    "exported the unreached": lambda say: say("lấy danh sách người chưa nhận"),
}


def journal(turn: Turn, told: Announcement, back: Choice) -> list[Reply]:
    """The newest events, oldest first, a line each; `back`: the button below them."""
    say, events = turn.say, turn.records.registry.audit.of("announcement", told.id)
    lines = [say("<b>Nhật ký {code}</b>", code=told.code)]
    if len(events) > MOST:
        lines.append(say("… {count} việc trước đó", count=len(events) - MOST))
    lines += [_line(turn, told, event) for event in events[-MOST:]]
    return [Reply(Markup("\n").join(lines), (back,))]


def _line(turn: Turn, told: Announcement, event: AuditEvent) -> Markup:
    say = turn.say
    words = _WORDS.get(event.action)
    what = words(say) if words else Markup.escape(event.action)
    if event.action == "confirmed":
        approved = told.approved_by == event.by and told.by != event.by
        what = say("duyệt và gửi") if approved else what
        what += say(", cả trong giờ yên tĩnh") if event.after == QUIET_OVERRIDDEN else Markup("")
    who = name_of(turn, event.by) or say("người đã nghỉ")
    return say("{at}, {who}: {what}", at=moment(say, event.at), who=who, what=what)
