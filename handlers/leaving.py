"""Leaving a form that is half done: keep it, or throw the draft away; or it has to wait, its round is closed."""

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.colleagues import name_of
from handlers.commands import menu_choice
from handlers.drafts import Draft
from handlers.permissions import may
from handlers.step_texts import press
from handlers.turn import reply, value
from handlers.wording import moment
from storage.registry import Round

LEAVING = "~"
KEEP, DISCARD, STAY = "luu", "vut", "tiep"


def leaving(draft: Draft) -> list[Reply]:
    """The question before a form is left."""
    say = draft.turn.say
    saved, total = draft.progress
    text = say(
        "Anh/chị muốn dừng <b>{form}</b>? Đã lưu {saved}/{total} mục; để lại thì lúc nào cũng làm tiếp được.",
        form=draft.form.short or draft.form.title,
        saved=saved,
        total=total,
    )
    choices = [Choice(str(say("Lưu lại, làm sau")), press(draft, KEEP))]
    if draft.submission.state == "draft":
        choices.append(Choice(str(say("Bỏ bản nháp này")), press(draft, DISCARD)))
    return reply(text, *choices, Choice(str(say("Làm tiếp")), press(draft, STAY)))


def discarded(draft: Draft, verb: str) -> list[Reply] | None:
    """Throw the draft away, where that was just asked."""
    turn = draft.turn
    if verb != DISCARD or draft.at != LEAVING:
        return None
    turn.records.registry.submissions.move(draft.submission, "withdrawn", turn.person.id)
    turn.enter("")
    turn.remember(filling=None)
    return reply(turn.say("Đã bỏ bản nháp {code}.", code=draft.submission.code), menu_choice(turn))


def closed_round(draft: Draft) -> Round | None:
    """The round of a draft, where it was closed before the draft was sent; what staff sent back may still come."""
    if draft.submission.state != "draft":
        return None
    round = draft.turn.records.registry.rounds.get(draft.submission.round)
    return round if round and round.closed_at else None


def kept_back(draft: Draft, round: Round) -> list[Reply]:
    """What is said instead of sending into a closed round: all is kept, and who can open the round again."""
    turn, say = draft.turn, draft.turn.say
    closings = [event for event in turn.records.registry.audit.of("round", round.id) if event.action == "closed"]
    at = say(" lúc {at}", at=moment(say, round.closed_at)) if round.closed_at else ""
    lines = [say("Đợt này phường đã đóng{at} nên chưa gửi được. Những gì đã ghi vẫn còn nguyên.", at=at)]
    choices = [Choice(str(say("Lưu lại, làm sau")), press(draft, KEEP))]
    if may(turn, "open_round", draft.unit.code):
        choices.insert(0, Choice(str(say("Mở lại đợt")), value("dot", "molai", round.id)))
    else:
        closer = name_of(turn, closings[-1].by) if closings else ""
        who = say("{name} đã đóng đợt", name=closer) if closer else say("Cán bộ phường đã đóng đợt")
        lines.append(say("{who} và mở lại được; mở rồi tôi nhắn anh/chị.", who=who))
    return reply(Markup("\n").join(lines), *choices)
