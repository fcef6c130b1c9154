"""/dot: the rounds, open and closed, how far each has come, closing one and opening it again."""

from collections import Counter
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.closings import CLOSED, REOPENED, SEE, ask_closing, close, reopen
from handlers.commands import menu_choice, wants
from handlers.desk import turn_to
from handlers.listing import listed
from handlers.opening_texts import NAME as OPENING
from handlers.paging import page_number, pages_of, turning
from handlers.permissions import turned_away
from handlers.round_news import needed_settings
from handlers.round_settings import settings_lines
from handlers.round_texts import (
    due_line,
    form_of,
    handed_in,
    round_for,
    round_label,
    round_name,
    seen,
    states_line,
    units_line,
)
from handlers.turn import Turn, reply, value
from storage.registry import Round

NAME = "dot"
CLOSE, PAST = "dong", "cu"
PAGE = 6
_PHRASES = ("dot", "cac dot", "dot nop bai", "cac dot nop bai", "xem dot", "rounds", "open rounds")


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The list, one round, or closing it."""
    pressed = turn.pressed(NAME)
    if pressed is None and not wants(turn, NAME, *_PHRASES):
        return None
    if away := turned_away(turn, "open_round"):
        return away
    turn_to(turn)
    verb, arg, revision = pressed or ("", "", "")
    round = round_for(turn, "open_round", arg) if verb in (SEE, CLOSE, CLOSED, REOPENED) else None
    if round is None and verb == PAST:
        return _past(turn, arg)
    if round is None:
        return _listed(turn, arg if verb == "trang" else "")
    if verb == REOPENED and round.closed_at:
        return reopen(turn, round)
    if verb == CLOSED and round.closed_at is None:
        return _closed(turn, round, revision)
    return ask_closing(turn, round) if verb == CLOSE and round.closed_at is None else shown(turn, round)


def _listed(turn: Turn, page: str) -> list[Reply]:
    say = turn.say
    open_new = Choice(str(say("Mở đợt mới")), value(OPENING))
    rounds = seen(turn, "open_round")
    if not rounds:
        text = say("Chưa có đợt nào đang mở. Mở đợt thì các đơn vị mới nộp bài được.")
        return reply(text, open_new, *_past_choice(turn), menu_choice(turn))
    pages = pages_of(rounds, PAGE)
    number = page_number(page, len(pages))
    lines = [
        say("<b>Các đợt đang mở</b> ({count})", count=len(rounds)),
        *(_line(turn, round) for round in pages[number]),
    ]
    choices = [Choice(round_label(turn, round), value(NAME, SEE, round.id)) for round in pages[number]]
    nav = turning(turn, value(NAME), number, len(pages))
    return reply(Markup("\n").join(lines), *choices, *nav, open_new, *_past_choice(turn), replaces=bool(page))


def _past_choice(turn: Turn) -> list[Choice]:
    """The way to the rounds that are closed, where there are any."""
    some = any(round.closed_at for round in seen(turn, "open_round", closed=True))
    return [Choice(str(turn.say("Các đợt đã đóng")), value(NAME, PAST))] if some else []


def _past(turn: Turn, page: str) -> list[Reply]:
    rounds = [round for round in seen(turn, "open_round", closed=True) if round.closed_at]
    choices = [Choice(round_label(turn, round), value(NAME, SEE, round.id)) for round in rounds]
    if not choices:
        return _listed(turn, "")
    head = turn.say("<b>Các đợt đã đóng</b> ({count})", count=len(rounds))
    return listed(turn, head, choices, value(NAME, PAST), page)


def _line(turn: Turn, round: Round) -> Markup:
    tally = turn.records.registry.submissions.tally(round)
    return turn.say(
        "▪ {round}: đã nộp {done}/{count}{due}",
        round=round_name(turn, round),
        done=handed_in(tally),
        count=len(round.units),
        due=due_line(turn, round.due),
    )


def shown(turn: Turn, round: Round) -> list[Reply]:
    """One round with what can be done about it."""
    return reply(Markup("\n").join(_lines(turn, round)), *_choices(turn, round))


def _lines(turn: Turn, round: Round) -> Iterator[Markup]:
    say = turn.say
    tally = turn.records.registry.submissions.tally(round)
    units = [unit for unit in turn.records.registry.units.all() if unit.code in round.units]
    yield say("<b>{form}</b>, {period}", form=form_of(turn, round.version).title, period=round.period)
    if round.closed_at:
        yield say("Đợt này đã đóng.")
    yield say("{units}{due}.", units=units_line(turn, units), due=due_line(turn, round.due))
    yield say(
        "Đã nộp {done}/{count}: {states}.",
        done=handed_in(tally),
        count=len(round.units),
        states=states_line(turn, tally),
    )
    yield say("Người ký: {signer}.", signer=round.signer or say("chưa ghi"))
    yield from settings_lines(turn, round)


def _choices(turn: Turn, round: Round) -> Iterator[Choice]:
    say = turn.say
    form = form_of(turn, round.version)
    waiting = turn.records.registry.submissions.tally(round).states
    count = Counter(waiting.values())["submitted"]
    if count:
        yield Choice(str(say("Xem bài chờ ({count})", count=count)), value("duyet", "bieu", round.form))
    yield Choice(str(say("Ai đã nộp, ai chưa")), value("tiendo", "dot", round.id))
    yield Choice(str(say("Xuất biểu")), value("xuat", "dot", round.id))
    if round.closed_at is None:
        yield from needed_settings(turn, form, round)
        yield Choice(str(say("Đổi hạn nộp")), value("suadot", "han", round.id))
        yield Choice(str(say("Đổi người ký")), value("suadot", "nguoiky", round.id))
        yield Choice(str(say("Thêm, bớt đơn vị")), value("suadot", "dv", round.id))
        yield Choice(str(say("Đóng đợt")), value(NAME, CLOSE, round.id))
    else:
        yield Choice(str(say("Mở lại đợt")), value(NAME, REOPENED, round.id))
    yield Choice(str(say("Các đợt khác")), value(NAME))


def _closed(turn: Turn, round: Round, revision: str) -> list[Reply]:
    """A press that is not the newest asks once more."""
    return close(turn, round) if revision == str(turn.conversation.revision) else ask_closing(turn, round)
