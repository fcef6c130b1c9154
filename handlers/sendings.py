"""/tindagui: announcements with how far they have come; holding them, going on, ending them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup

from conversation import Attachment, Choice, Reply
from handlers.bulletin_journal import journal
from handlers.bulletins import is_poll, kind_name, lasting, reasons_line, short_text, within
from handlers.commands import folded, menu_choice, wants
from handlers.listing import listed
from handlers.permissions import may, turned_away
from handlers.step_texts import cut
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from handlers.wording import moment
from storage.announcements import UNSUBSCRIBED, Announcement, Progress, Stage
from storage.records import Records

NAME = "tindagui"
SHOW, PAUSE, RESUME, STOP, REALLY, LIST, JOURNAL = "xem", "tam", "tiep", "dung", "han", "sot", "nhatky"
# What the writing of another one begins with.
AGAIN, CORRECT = "lai", "dinhchinh"
RECENT = 40
# What somebody types who wants to stop one, or to see it at once.
_AT_ONCE = frozenset(
    {
        *("tam dung", "dung gui", "dung gui tin", "dung ngay", "dung gui ngay", "dung thong bao", "huy thong bao"),
        *("thu hoi", "thu hoi tin", "gui nham", "gui nham roi", "dinh chinh", "gui dinh chinh", "ket qua tham do"),
        *("ai chua nhan", "danh sach chua nhan", "ai da doc", "stop sending"),
    }
)
PHRASES = ("tin da gui", "thong bao da gui", "cac thong bao", "sent announcements")
_BAR = 10


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The list, one of them, or what is to be done with it."""
    pressed = turn.pressed(NAME)
    at_once = pressed is None and turn.incoming.kind == "text" and folded(turn.text) in _AT_ONCE
    if at_once and may(turn, "announce") and not turn.incoming.group:
        return _newest(turn)
    if pressed is None and not wants(turn, NAME, *PHRASES):
        return None
    if away := turned_away(turn, "announce"):
        return away
    if turn.conversation.flow:
        turn.enter("")
    verb, arg, _ = pressed or ("", "", "")
    told = turn.records.registry.announcements.get(arg) if verb not in ("", "trang") else None
    if told is None or not within(turn, told):
        return _list(turn, arg if verb == "trang" else "")
    return _done(turn, told, verb)


def _newest(turn: Turn) -> list[Reply]:
    """The one that was sent or is to be sent last, with all that can be done about it."""
    told = next((one for one in turn.records.registry.announcements.recent(RECENT) if _sent_lately(turn, one)), None)
    return [card(turn.records, told, turn.say)] if told else _list(turn, "")


def _sent_lately(turn: Turn, told: Announcement) -> bool:
    return told.state not in ("draft", "waiting") and within(turn, told)


def card_choice(say: Translator, told: Announcement) -> Choice:
    """The button to its ledger."""
    return Choice(str(say("Xem {code}", code=told.code)), value(NAME, SHOW, told.id))


def followed(turn: Turn, told: Announcement) -> list[Reply]:
    """What its writer sees from now on: a message that says how far it has come, and changes."""
    ahead = told.starts_at and told.starts_at > turn.records.registry.now
    when = moment(turn.say, told.starts_at) if told.starts_at and ahead else None
    text = (
        turn.say("Đã hẹn thông báo <b>{code}</b> lúc {when}.", code=told.code, when=when)
        if when
        else turn.say(
            "Bắt đầu gửi thông báo <b>{code}</b>. Tin ở ngay trên tự cập nhật cho tới khi xong.", code=told.code
        )
    )
    post(turn.records, told, turn.say)
    return reply(text, card_choice(turn.say, told), menu_choice(turn))


def moved(records: Records, key: str) -> None:
    """The clock says "announcement:<id>:<number>" or "…:done": the writer's progress message changes."""
    _, _, rest = key.partition(":")
    id, _, number = rest.partition(":")
    told = records.registry.announcements.get(id)
    if told:
        say = Translator(records.kept(told.by).person.language)
        post(records, told, say, last=number == "done")


def post(records: Records, told: Announcement, say: Translator, *, last: bool = False) -> None:
    """Write the progress message, or put it in the place of the earlier one, where its writer was seen last."""
    places = [reach.address for reach in records.reach(told.by) if not reach.unreachable]
    if places:
        records.post(places[0], card(records, told, say), f"announcement:{told.id}", last=last)


def card(records: Records, told: Announcement, say: Translator) -> Reply:
    """An announcement with its ledger and what can be done with it."""
    news = records.registry.announcements
    seen = news.progress(told.id)
    lines = [
        say("<b>{code}</b> · {kind} · {text}", code=told.code, kind=kind_name(say, told.kind), text=short_text(told)),
        state_line(say, told, seen, records.registry.now),
        *_counts(say, seen),
    ]
    if told.confirmed_at and not told.quiet and told.kind != "urgent":
        lines.append(say("Gửi cả trong giờ yên tĩnh 21:00–06:00."))
    reads = news.reads(told.id)
    if told.kind != "normal" and reads:
        read, sent = (sum(count[place] for count in reads.values()) for place in (0, 1))
        lines.append(say("Đã đọc: {read}/{sent}.", read=read, sent=sent))
    return Reply(Markup("\n").join(lines), tuple(_choices(say, told, seen)))


def state_line(say: Translator, told: Announcement, seen: Progress, now: datetime) -> Markup:
    """Where it stands; it is never done while anything is undecided."""
    undecided = seen.unknown + seen.offered + seen.left
    names: dict[Stage, Markup] = {
        "draft": say("Bản nháp, chưa gửi."),
        "waiting": say("Chờ cán bộ khác duyệt, chưa gửi."),
        "filling": say("Đang lập danh sách người nhận."),
        "sending": _going(say, seen),
        "paused": say("<b>Đang tạm dừng</b>, còn {left} người.", left=seen.left)
        if seen.made
        else say("<b>Đang tạm dừng</b>, chưa gửi cho ai."),
        "cancelled": say("<b>Đã dừng hẳn</b>, {left} người không được gửi nữa.", left=seen.left),
        "done": say("Xong.")
        if not undecided
        else say("Đã gửi hết lượt; còn {count} tin chưa rõ kết quả.", count=undecided),
    }
    if seen.state == "filling" and told.starts_at and told.starts_at > now:
        return say("Hẹn gửi lúc {when}.", when=moment(say, told.starts_at))
    return names[seen.state]


def _going(say: Translator, seen: Progress) -> Markup:
    if seen.offered and not seen.left:
        # It takes as long as people take.
        return say("{bar} {share} %, còn chờ người mở trang web.", bar=_bar(seen), share=_share(seen))
    return say("{bar} {share} %, còn {time}.", bar=_bar(seen), share=_share(seen), time=lasting(say, seen.seconds))


def _share(seen: Progress) -> int:
    total = seen.total or seen.made
    return 100 * (total - seen.left - seen.offered) // total if total else 0


def _bar(seen: Progress) -> str:
    full = _share(seen) * _BAR // 100
    return "▓" * full + "░" * (_BAR - full)


def _counts(say: Translator, seen: Progress) -> list[Markup]:
    lines = []
    if seen.made:
        lines.append(say("Đã gửi {sent}/{total}.", sent=seen.sent, total=seen.total or seen.made))
    if seen.failed:
        count, why = sum(seen.failed.values()), reasons_line(say, seen.failed)
        lines.append(say("Không gửi được {count}: {why}.", count=count, why=why))
    if seen.unknown:
        lines.append(say("Không rõ đã tới hay chưa: {count}.", count=seen.unknown))
    if seen.offered:
        lines.append(say("Chờ người nhận mở trang web: {count}.", count=seen.offered))
    if seen.unreached:
        count, why = sum(seen.unreached.values()), reasons_line(say, seen.unreached)
        lines.append(say("Không có nơi nhận {count} người: {why}.", count=count, why=why))
    return lines


def _choices(say: Translator, told: Announcement, seen: Progress) -> list[Choice]:
    ways = [
        (seen.state in ("draft",), say("Sửa tiếp"), value("guitin", "mo", told.id)),
        (seen.state == "waiting", say("Xem để duyệt"), value("duyettin", "xem", told.id)),
        (seen.state in ("filling", "sending"), say("Tạm dừng"), value(NAME, PAUSE, told.id)),
        (seen.state == "paused", say("Gửi tiếp"), value(NAME, RESUME, told.id)),
        (seen.state in ("filling", "sending", "paused", "waiting"), say("Dừng hẳn"), value(NAME, STOP, told.id)),
    ]
    over = seen.state in ("done", "cancelled") and bool(seen.made or seen.unreached)
    # Who chose not to get it is not to be called either.
    reasons = (*seen.failed, *seen.unreached)
    missed = any(reason != UNSUBSCRIBED for reason in reasons) or (seen.state == "cancelled" and bool(seen.left))
    ways += [
        (over and missed, say("Gửi lại cho người chưa nhận"), value("guitin", AGAIN, told.id)),
        (over and (missed or bool(seen.unknown)), say("Danh sách người chưa nhận"), value(NAME, LIST, told.id)),
        (is_poll(told) and bool(seen.made), say("Kết quả thăm dò"), value("tb", "ketqua", told.id)),
        (told.kind != "normal" and bool(seen.sent), say("Ai đã đọc, theo đơn vị"), value("tb", "aidoc", told.id)),
        (bool(seen.sent) and _sent_out(seen), say("Gửi đính chính"), value("guitin", CORRECT, told.id)),
        (told.state not in ("draft", "cancelled"), say("Bản in, bản đọc loa, SMS"), value("bantin", "", told.id)),
        (told.state != "draft", say("Nhật ký"), value(NAME, JOURNAL, told.id)),
        (True, say("Làm mới"), value(NAME, SHOW, told.id)),
        (True, say("Các tin khác"), value(NAME)),
    ]
    return [Choice(str(label), press) for on, label, press in ways if on]


def is_over(told: Announcement) -> bool:
    """Whether nothing more of it will be sent."""
    return told.state in ("done", "cancelled")


def may_be_corrected(records: Records, told: Announcement) -> bool:
    """Whether somebody may have read it, and nobody will get it in the middle of the correction."""
    seen = records.registry.announcements.progress(told.id)
    return bool(seen.sent) and _sent_out(seen)


def _sent_out(seen: Progress) -> bool:
    # Pages that are opened later show the correction alone.
    return seen.state in ("done", "cancelled") or (seen.state == "sending" and not seen.left)


def _list(turn: Turn, page: str) -> list[Reply]:
    say = turn.say
    found = [told for told in turn.records.registry.announcements.recent(RECENT) if within(turn, told)]
    compose = Choice(str(say("Soạn tin mới")), value("guitin"))
    if not found:
        return reply(say("Chưa có thông báo nào."), compose, menu_choice(turn))
    choices = [
        Choice(cut(f"{told.code} · {_state_word(turn, told)} · {_begins(say, told)}"), value(NAME, SHOW, told.id))
        for told in found
    ]
    (shown,) = listed(turn, say("<b>Thông báo, mới nhất trước</b>"), choices, value(NAME, "trang"), page)
    return [replace(shown, choices=(*shown.choices, compose))]


def _begins(say: Translator, told: Announcement) -> str:
    return short_text(told, 30) or str(say("chưa có nội dung"))


def _state_word(turn: Turn, told: Announcement) -> Markup:
    ahead = told.state == "filling" and told.starts_at and told.starts_at > turn.records.registry.now
    return turn.say("hẹn giờ") if ahead else _short_state(turn.say, told.state)


def _short_state(say: Translator, stage: Stage) -> Markup:
    return {
        "draft": say("nháp"),
        "waiting": say("chờ duyệt"),
        "filling": say("đang chuẩn bị"),
        "sending": say("đang gửi"),
        "paused": say("tạm dừng"),
        "done": say("đã gửi"),
        "cancelled": say("đã dừng"),
    }[stage]


def _done(turn: Turn, told: Announcement, verb: str) -> list[Reply]:
    """Do what a button says and show where it stands."""
    news, say, who = turn.records.registry.announcements, turn.say, turn.person.id
    if verb == STOP:
        text = say(
            "Dừng hẳn thì người chưa nhận sẽ không nhận nữa; tin đã gửi vẫn ở lại. Dừng hẳn {code}?", code=told.code
        )
        really = Choice(str(say("Dừng hẳn {code}", code=told.code)), value(NAME, REALLY, told.id))
        return reply(text, really, card_choice(say, told))
    if verb == LIST:
        return _unreached(turn, told)
    if verb == JOURNAL:
        return journal(turn, told, card_choice(say, told))
    acts = {PAUSE: news.pause, RESUME: news.resume, REALLY: news.cancel}
    changed = acts[verb](told.id, who) if verb in acts else told
    shown = card(turn.records, changed or told, say)
    return [Reply(say("Việc này không còn làm được nữa.")), shown] if changed is None else [shown]


def _unreached(turn: Turn, told: Announcement) -> list[Reply]:
    """Who is to be called or visited, as a file."""
    count = len(turn.records.registry.announcements.missing(told.id))
    if not count:
        return reply(turn.say("Không còn ai chưa nhận."), card_choice(turn.say, told))
    turn.records.registry.audit.add("announcement", told.id, "exported the unreached", turn.person.id)
    text = turn.say(
        "{count} người chưa chắc đã nhận {code}, xếp theo đơn vị, để gọi hay tới nhà.", count=count, code=told.code
    )
    file = Attachment("unreached", {"announcement": told.id})
    return [Reply(text, (card_choice(turn.say, told),), attachments=(file,))]
