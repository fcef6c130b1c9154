"""Closing a round and opening it again: what that means, and who is told."""

from collections import Counter
from collections.abc import Callable, Mapping

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.commands import menu_choice
from handlers.round_news import spread
from handlers.round_texts import HANDED_IN, form_name, round_name
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from knowledge.forms import Form
from storage.registry import Round, UnitRow

# The flow of rounds, and the verbs that belong here.
ROUNDS, SEE, CLOSED, REOPENED = "dot", "xem", "dongthat", "molai"
Words = Callable[[Translator, Form, UnitRow], Markup]
# Sentences to units that have begun, to those that have not, and to both when it is opened again.
KEPT, IDLE, AGAIN = "kept", "idle", "again"


def ask_closing(turn: Turn, round: Round) -> list[Reply]:
    """What closing means, with what is still open."""
    say = turn.say
    count = Counter(turn.records.registry.submissions.tally(round).states.values())
    lines = [
        say(
            "Đóng đợt <b>{round}</b>? Đóng rồi thì không ai gửi bài mới được; cần thì anh/chị mở lại.",
            round=round_name(turn, round),
        )
    ]
    undone = count[""] + count["withdrawn"]
    if undone:
        lines.append(say("Chưa làm: {count} đơn vị.", count=undone))
    if count["draft"]:
        lines.append(say("Đang làm dở: {count} bài; vẫn giữ lại, nhưng chưa gửi được.", count=count["draft"]))
    if count["returned"]:
        lines.append(say("Đang sửa: {count} bài; sửa xong vẫn gửi lại được.", count=count["returned"]))
    if count["submitted"]:
        lines.append(say("Chờ xem: {count} bài; đóng rồi vẫn xem và nhận được.", count=count["submitted"]))
    close = Choice(str(say("Đóng đợt")), value(ROUNDS, CLOSED, round.id, turn.conversation.revision + 1))
    return reply(Markup("\n").join(lines), close, Choice(str(say("Để mở")), value(ROUNDS, SEE, round.id)))


def close(turn: Turn, round: Round) -> list[Reply]:
    """Close it, and tell the units that have not handed in."""
    rounds = turn.records.registry.rounds
    rounds.close(round.id, turn.person.id)
    count = _units_told(turn, rounds.get(round.id) or round, KEPT, IDLE)
    text = turn.say("Đã đóng đợt <b>{round}</b>.", round=round_name(turn, round))
    text += turn.say(" Đã nhắn {count} người chưa nộp.", count=count) if count else ""
    export = Choice(str(turn.say("Xuất biểu")), value("xuat", "dot", round.id))
    again = Choice(str(turn.say("Mở lại đợt")), value(ROUNDS, REOPENED, round.id))
    return reply(text, export, again, Choice(str(turn.say("Các đợt khác")), value(ROUNDS)), menu_choice(turn))


def reopen(turn: Turn, round: Round) -> list[Reply]:
    """Open it again, unless its units owe the same in another round by now; and tell who has not handed in."""
    rounds = turn.records.registry.rounds
    see = Choice(str(turn.say("Xem đợt này")), value(ROUNDS, SEE, round.id))
    for other in rounds.current():
        if (other.form, other.period) == (round.form, round.period) and set(other.units) & set(round.units):
            text = turn.say("Các đơn vị này đang có một đợt khác cùng biểu mẫu, cùng kỳ, nên tôi chưa mở lại.")
            go = Choice(str(turn.say("Xem đợt đang mở")), value(ROUNDS, SEE, other.id))
            return reply(text, go, see, menu_choice(turn))
    rounds.reopen(round.id, turn.person.id)
    count = _units_told(turn, rounds.get(round.id) or round, AGAIN, AGAIN)
    text = turn.say("Đã mở lại đợt <b>{round}</b>.", round=round_name(turn, round))
    text += turn.say(" Đã nhắn {count} người chưa nộp.", count=count) if count else ""
    return reply(text, see, menu_choice(turn))


def _units_told(turn: Turn, round: Round, begun_words: str, idle_words: str) -> int:
    """Tell the leaders of units that have not handed in, those that have begun in words of their own; how many."""
    states = turn.records.registry.submissions.tally(round).states
    waiting = {unit: state for unit, state in states.items() if state not in HANDED_IN}
    begun = {unit for unit, state in waiting.items() if state in ("draft", "returned")}
    # What was sent back is not stopped by closing.
    idle, half = set(waiting) - begun, {unit for unit in begun if not round.closed_at or waiting[unit] == "draft"}
    return (
        spread(turn, round, _words(round, begun_words), half)[0]
        + spread(turn, round, _words(round, idle_words), idle)[0]
    )


def _words(round: Round, sentence: str) -> Words:
    """A sentence about a unit in a round, for each unit."""

    def words(say: Translator, form: Form, unit: UnitRow) -> Markup:
        return _SENTENCES[sentence](say, {"form": form_name(form), "period": round.period, "unit": unit.name})

    return words


_SENTENCES: Mapping[str, Callable[[Translator, Mapping[str, object]], Markup]] = {
    KEPT: lambda say, told: say(
        "Phường đã đóng đợt <b>{form}</b>, {period}. Phần {unit} làm dở vẫn còn nguyên, nhưng chưa gửi được. "
        "Cần nộp thì anh/chị nhờ cán bộ phường mở lại đợt.",
        **told,
    ),
    IDLE: lambda say, told: say(
        "Phường đã đóng đợt <b>{form}</b>, {period}; {unit} chưa nộp. "
        "Cần nộp thì anh/chị nhờ cán bộ phường mở lại đợt.",
        **told,
    ),
    AGAIN: lambda say, told: say(
        "Phường mở lại đợt <b>{form}</b>, {period}, cho {unit}. Những gì đã ghi vẫn còn, anh/chị làm tiếp rồi gửi.",
        **told,
    ),
}
