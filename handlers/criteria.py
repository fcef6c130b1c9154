"""/tieuchi: criteria, award criteria and targets of all documents, as the papers nest them."""

from collections import Counter
from collections.abc import Sequence

from conversation import Choice, Reply
from handlers.answers import label as place_label
from handlers.commands import menu_choice, wants
from handlers.listing import label, listed, opens
from handlers.paging import split_arg
from handlers.turn import Turn, reply, value
from handlers.wording import capital, title
from knowledge.model import Entry
from knowledge.units import documents_of

NAME = "tieuchi"
KINDS = ("criterion", "award", "target")


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The groups, or one group a page at a time."""
    pressed = turn.pressed(NAME)
    if not pressed:
        if not wants(turn, NAME, "tieu chi", "cac tieu chi", "tieu chi chi tieu", "criteria", "criteria and targets"):
            return None
        return _groups(turn, "")
    step, arg, _ = pressed
    what, page = split_arg(arg)
    group = turn.knowledge.library.entries.get(what)
    if step == "con" and group:
        return _group(turn, group, page)
    if step == "le":
        return _alone(turn, page)
    return _groups(turn, page)


def _groups(turn: Turn, page: str) -> list[Reply]:
    library = turn.knowledge.library
    groups, alone = _roots(turn)
    choices = [Choice(place_label(entry, library, turn.say), value(NAME, "con", entry.id)) for entry in groups]
    if alone:
        choices.append(Choice(str(turn.say("Tiêu chí, chỉ tiêu lẻ khác")), value(NAME, "le")))
    if not choices:
        return reply(turn.say("Hiện chưa có văn bản nào."), menu_choice(turn))
    head = turn.say("Anh/chị muốn xem tiêu chí, chỉ tiêu nào?")
    return listed(turn, head, choices, value(NAME, "nhom"), page)


def _roots(turn: Turn) -> tuple[list[Entry], list[Entry]]:
    """Outermost entries that hold others, and those that stand alone.

    The person's own place comes first, criteria before targets, then the one with most items.
    """
    library = turn.knowledge.library
    home = documents_of(library, turn.person.locality)
    items = Counter(entry.parent for entry in library.entries.values())
    found = [e for e in library.entries.values() if e.kind in KINDS and not _inside(turn, e)]
    found.sort(key=lambda e: (e.document not in home, KINDS.index(e.kind), -items[e.id]))
    return [e for e in found if items[e.id]], [e for e in found if not items[e.id]]


def _inside(turn: Turn, entry: Entry) -> bool:
    parent = turn.knowledge.library.entries.get(entry.parent)
    return parent is not None and parent.kind in KINDS


def _group(turn: Turn, group: Entry, page: str) -> list[Reply]:
    library = turn.knowledge.library
    items = library.children(group)
    head = turn.say(
        "<b>{title}</b> ({place}, {section}): {count} mục. Bấm một mục để xem nguyên văn.",
        title=capital(title(turn.say, group)),
        place=library.document_of(group).locality,
        section=group.section,
        count=len(items),
    )
    choices = [_choice(turn, item) for item in items]
    return listed(turn, head, choices, value(NAME, "con", group.id), page)


def _choice(turn: Turn, entry: Entry) -> Choice:
    if turn.knowledge.library.children(entry):
        return Choice(label(turn, entry), value(NAME, "con", entry.id))
    return opens(turn, entry)


def _alone(turn: Turn, page: str) -> list[Reply]:
    library = turn.knowledge.library
    choices = [
        Choice(place_label(entry, library, turn.say), value("hoi", "muc", entry.id)) for entry in _roots(turn)[1]
    ]
    head = turn.say("Các tiêu chí, chỉ tiêu đứng riêng. Bấm một mục để xem nguyên văn.")
    return listed(turn, head, choices, value(NAME, "le"), page)
