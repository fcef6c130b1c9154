"""What the people of the units hear about a round at once, and what staff hear about whom it reached."""

from collections.abc import Callable

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.colleagues import leaders, tell
from handlers.commands import menu_choice
from handlers.paperwork import NAME as PAPERWORK
from handlers.paperwork import OPEN
from handlers.round_texts import HANDED_IN, form_name, form_of, names_line
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from handlers.wording import day
from knowledge.forms import Form
from storage.registry import Round, UnitRow

Words = Callable[[Translator, Form, UnitRow], Markup]


def announced(turn: Turn, round: Round) -> list[Reply]:
    """Tell the leaders that a round is open; then staff, what else it needs."""
    say = turn.say
    form = form_of(turn, round.version)
    count, alone = spread(turn, round, _open_words(round), set(round.units))
    lines = [
        say(
            "Đã mở đợt <b>{form}</b>, {period}: {count} đơn vị.",
            form=form_name(form),
            period=round.period,
            count=len(round.units),
        ),
    ]
    if count:
        lines.append(say("Đã nhắn {count} người.", count=count))
    if alone and not count:
        lines.append(say("Chưa đơn vị nào có người nhận nhắn ở đây. Anh/chị mời họ, hoặc nhập thay từ bài giấy."))
    elif alone:
        lines.append(say("Chưa có ai nhận nhắn ở: {names}.", names=names_line(turn, alone)))
    see = Choice(str(say("Xem đợt này")), value("dot", "xem", round.id))
    return reply(Markup("\n").join(lines), *needed_settings(turn, form, round), see, menu_choice(turn))


def needed_settings(turn: Turn, form: Form, round: Round) -> list[Choice]:
    """What a form's checks need staff to enter, each as a button."""
    labels = {
        "votes": turn.say("Ghi tỷ lệ thông qua"),
        "long_service": turn.say("Ghi ngày tính thâm niên"),
    }
    return [Choice(str(labels[check]), value("suadot", check, round.id)) for check in labels if check in form.checks]


def joined(turn: Turn, round: Round, units: set[str]) -> None:
    """Tell the leaders of units that came into a round later."""
    spread(turn, round, _open_words(round), units)


def due_changed(turn: Turn, round: Round) -> int:
    """Tell the leaders of units that have not handed in that the due day is another one; how many heard it."""
    states = turn.records.registry.submissions.tally(round).states
    return spread(turn, round, _due_words(round), {unit for unit, state in states.items() if state not in HANDED_IN})[0]


def _open_words(round: Round) -> Words:
    def words(say: Translator, form: Form, unit: UnitRow) -> Markup:
        due = say(" Hạn nộp: <b>{day}</b>.", day=day(round.due)) if round.due else Markup("")
        opened = say(
            "Phường mở đợt <b>{form}</b>, {period}, cho {unit}.",
            form=form_name(form),
            period=round.period,
            unit=unit.name,
        )
        return (
            opened + due + say(" Bấm nút dưới đây, hoặc gõ <b>biểu mẫu</b>. Làm dần cũng được, câu nào cũng được lưu.")
        )

    return words


def _due_words(round: Round) -> Words:
    def words(say: Translator, form: Form, unit: UnitRow) -> Markup:
        if round.due is None:
            return say("{unit}: <b>{form}</b> không còn hạn nộp.", unit=unit.name, form=form_name(form))
        return say(
            "{unit}: hạn nộp <b>{form}</b> nay là <b>{day}</b>. Gõ <b>biểu mẫu</b> để xem.",
            unit=unit.name,
            form=form_name(form),
            day=day(round.due),
        )

    return words


def spread(turn: Turn, round: Round, words: Words, units: set[str]) -> tuple[int, list[UnitRow]]:
    """Tell the leaders of some units of a round; how many people heard it, and the units where nobody did."""
    form, there = form_of(turn, round.version), leaders(turn)
    heard: set[str] = set()
    alone = []
    for unit in (one for one in turn.records.registry.units.all() if one.code in units):
        reached = tell(turn, there.get(unit.code, []), _message(round, unit, form, words))
        heard.update(reached)
        alone += [] if reached else [unit]
    return len(heard), alone


def _message(round: Round, unit: UnitRow, form: Form, words: Words) -> Callable[[Translator], Reply]:
    def message(say: Translator) -> Reply:
        if round.closed_at:
            return Reply(words(say, form, unit))
        go = Choice(str(say("Làm bây giờ")), value(PAPERWORK, OPEN, f"{round.id}/{unit.code}"))
        return Reply(words(say, form, unit), (go,))

    return message
