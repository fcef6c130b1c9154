"""/duyet: what waits, one submission with its answers and clauses, and the decision about it."""

import re
from collections.abc import Sequence

from conversation import Choice, Reply
from handlers import decisions, returning
from handlers.asides import is_question
from handlers.commands import folded, menu_choice, wants
from handlers.desk import turn_to
from handlers.flow import Flow
from handlers.history import history
from handlers.item_names import named
from handlers.paging import page_number
from handlers.permissions import may, refused, turned_away, units_of
from handlers.review_queue import ALL, FORM, TURN, UNIT, by_unit, next_waiting, queue
from handlers.review_screens import card, files, one_item
from handlers.review_texts import pages
from handlers.reviews import (
    ACCEPT,
    BACK,
    FILES,
    HISTORY,
    ITEM,
    NAME,
    PAGE,
    PICK,
    PICKING,
    SURE,
    WHY,
    Review,
    opened,
    resumed,
)
from handlers.turn import Turn, reply, value
from handlers.unit_picking import picked

_PHRASES = ("duyet", "duyet bai", "bai cho xem", "bai cho duyet", "cho duyet", "xem bai", "review")
_CODE = re.compile(r"\s*(BN-[0-9A-Z]{4,8})\s*", re.IGNORECASE)
_BEGINS = re.compile(r"(?:/duyet|duyệt|duyet)(?:@\w+)?\s+(.{1,80})", re.IGNORECASE)
_ACCEPT = frozenset({"nhan", "nhan bai", "duyet", "dong y nhan", "accept"})
_RETURN = frozenset({"tra", "tra lai", "tra bai", "tra lai de sua", "return"})
_BACK = frozenset({"quay lai", "ve bai", "tro lai", "back"})


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The queue, a submission by its code, or a pressed button, however old."""
    pressed = turn.pressed(NAME)
    code, asked = _CODE.fullmatch(turn.text), _BEGINS.fullmatch(turn.text)
    meant = turn.incoming.kind == "text" and (code or asked)
    if pressed is None and not meant and not wants(turn, NAME, *_PHRASES):
        return None
    if code and not may(turn, "review"):
        return None
    if away := turned_away(turn, "review"):
        return away
    if pressed:
        return _pressed(turn, *pressed)
    turn_to(turn)
    if code:
        return _open(turn, code[1])
    return _narrowed(turn, asked[1]) if asked and turn.incoming.kind == "text" else queue(turn)


def ask(turn: Turn) -> list[Reply]:
    """Where one was: the question of a return, or that a submission is open."""
    review = resumed(turn, turn.conversation.step)
    if review is None:
        turn.enter("")
        return []
    if review.at in (PICK, WHY, SURE):
        return _SCREENS[review.at](review)
    text = turn.say("Đang xem <b>{code}</b>, {unit}.", code=review.draft.submission.code, unit=review.draft.unit.name)
    return reply(text, review.choice(turn.say("Xem tiếp"), BACK))


def read(turn: Turn) -> Sequence[Reply] | None:
    """Numbers of items, reasons, and the words for accepting and returning."""
    pressed = turn.pressed(NAME)
    if turn.incoming.kind == "choice":
        return _pressed(turn, *pressed) if pressed and pressed[0] else None
    if turn.incoming.kind != "text" or not turn.text:
        return None
    review = resumed(turn, turn.conversation.step)
    if review is None:
        turn.enter("")
        return None
    if _CODE.fullmatch(turn.text):
        return _open(turn, turn.text.strip())
    return _worded(review, folded(turn.text)) or _typed(review)


def expects_number(turn: Turn) -> bool:
    """Typed numbers are items of the form."""
    return bool(turn.conversation.step)


FLOW = Flow(ask, read, expects_number)


def _narrowed(turn: Turn, text: str) -> list[Reply]:
    """ "duyệt tổ 5", "duyệt BN-7K3M9Q"."""
    code = _CODE.fullmatch(text)
    if code:
        return _open(turn, code[1])
    mine = set(units_of(turn, "review"))
    units = [unit for unit in turn.records.registry.units.all() if unit.code in mine]
    found = picked(units, text)
    if found and len(found.codes) == 1:
        return queue(turn, UNIT, found.codes[0])
    return [Reply(turn.say("Tôi không rõ “{text}” là đơn vị nào.", text=text[:60])), *queue(turn)]


def _pressed(turn: Turn, verb: str, arg: str, revision: str) -> list[Reply]:
    if not may(turn, "review"):
        turn.enter("")
        return refused(turn, "review")
    if verb in ("", FORM, UNIT):
        turn_to(turn)
        return queue(turn, verb, arg)
    if verb in ("donvi", TURN, "tiep"):
        turn_to(turn)
    if verb == "donvi":
        return by_unit(turn, arg)
    if verb == TURN and "/" in arg:
        kind, what, page = [*arg.split("/"), "", ""][:3]
        return queue(turn, "" if kind == ALL else kind, what, page)
    if verb == "tiep":
        found = next_waiting(turn)
        return _open(turn, found.id) if found else queue(turn)
    return _open(turn, arg) if verb == "bai" else _act(turn, verb, arg, revision)


def _open(turn: Turn, id: str) -> list[Reply]:
    review = opened(turn, id)
    if review is None:
        text = turn.say("Không có bài nào mang mã này trong phường của anh/chị.")
        return reply(text, Choice(str(turn.say("Bài chờ xem")), value(NAME)), menu_choice(turn))
    review.go(PAGE)
    return card(review)


def _act(turn: Turn, verb: str, arg: str, revision: str) -> list[Reply]:
    """A button below a submission: it acts on the revision that it was shown with."""
    code, _, rest = arg.partition("/")
    review = resumed(turn, f"BN-{code}")
    if review is None:
        return _open(turn, f"BN-{code}")
    acts = verb in (ACCEPT, PICKING, returning.RETURN)
    if revision != str(review.draft.submission.revision):
        return decisions.too_late(review) if acts else _open(turn, f"BN-{code}")
    if turn.conversation.flow != NAME or turn.conversation.step != review.draft.submission.id:
        review.go(PAGE)
    if verb == ACCEPT:
        return decisions.accept(review)
    if verb == HISTORY:
        return reply(history(review.draft), review.choice(turn.say("Về bài"), BACK))
    if verb == FILES:
        return files(review)
    if verb in (PICKING, returning.RETURN) and review.draft.submission.state != "submitted":
        return decisions.too_late(review)
    if verb == returning.RETURN:
        sure = review.at == SURE and review.paths and review.waiting() is None
        return decisions.return_it(review) if sure else returning.begin(review)
    return _shown(review, verb, rest)


def _shown(review: Review, verb: str, rest: str) -> list[Reply]:
    """Another page, an item, or a screen of returning."""
    if verb == PICKING:
        if rest.isdecimal() and int(rest) < len(review.items):
            review.paths = [*review.paths, review.items[int(rest)].id]
        return returning.begin(review)
    if verb == ITEM and rest.isdecimal() and int(rest) < len(review.items):
        return one_item(review, int(rest))
    if verb == PAGE:
        review.go(PAGE, page_number(rest, len(pages(review.draft))))
        return card(review, replaces=True)
    done = returning.pressed(review, verb, rest)
    if done is not None:
        return done
    review.go(PAGE, review.number if review.at == PAGE else 0)
    return card(review)


def _worded(review: Review, text: str) -> list[Reply] | None:
    """Words that decide or lead back; not while a reason is asked."""
    if review.at == WHY:
        return returning.pressed(review, returning.AGAIN, "") if text in _BACK else None
    submitted = review.draft.submission.state == "submitted"
    if text in _ACCEPT and review.at in (PAGE, ITEM):
        return decisions.accept(review)
    if text in _RETURN and review.at in (PAGE, ITEM):
        return returning.begin(review) if submitted else decisions.too_late(review)
    if text in _BACK:
        review.go(PAGE)
        return card(review)
    return None


def _typed(review: Review) -> Sequence[Reply] | None:
    turn = review.turn
    if review.at == WHY:
        asks = turn.text.endswith("?") and is_question(turn)
        return None if asks else returning.given(review, turn.text)
    if review.at == PICK:
        return returning.picked(review, turn.text) or (None if is_question(turn) else returning.pick(review))
    found = named(review.draft, turn.text)
    if found is None or not found.paths or (found.rest and turn.text.endswith("?")):
        return None
    if found.rest and review.draft.submission.state == "submitted":
        # "3.5 thiếu biên bản": the clerk knows already what goes back.
        review.go(PICK)
        return returning.picked(review, turn.text)
    place = next((place for place, field in enumerate(review.items) if field.id == found.paths[0]), None)
    return one_item(review, place) if place is not None else None


_SCREENS = {PICK: returning.pick, WHY: returning.why, SURE: returning.sure}
