"""/5khong: the "5 không" of each place. Two lists with one name stay two."""

from collections.abc import Sequence

from conversation import Choice, Reply
from handlers.answers import compose
from handlers.commands import menu_choice, wants
from handlers.contact import contact_lines
from handlers.turn import Turn, reply, value
from handlers.wording import bare
from knowledge.model import Entry
from knowledge.units import documents_of


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The list of the person's own place, else the choice between the places."""
    if not wants(turn, "5khong", "5 khong", "nam khong", "5 no s", "the 5 no s"):
        return None
    found = _meant(turn)
    if not found:
        return reply(turn.say("Các văn bản tôi có không nhắc tới “5 không”."), menu_choice(turn))
    home = documents_of(turn.knowledge.library, turn.person.locality)
    own = [entry for entry in found if entry.document in home]
    if len(own) == 1:
        return _answer(turn, own[0], found)
    text = turn.say("“5 không” mỗi nơi một khác. Anh/chị hỏi của nơi nào?")
    return reply(text, *(_choice(turn, entry) for entry in found))


def _meant(turn: Turn) -> list[Entry]:
    """For each document the entry that lists its "5 không", or says that it is only named."""
    library = turn.knowledge.library
    named = [entry for entry in library.entries.values() if "“5 không”" in entry.title]
    best: dict[str, Entry] = {}
    for entry in named:
        if entry.kind == "gap" or (entry.kind == "definition" and len(library.children(entry)) == 5):
            best.setdefault(entry.document, entry)
    return list(best.values())


def _choice(turn: Turn, entry: Entry) -> Choice:
    place = turn.knowledge.library.document_of(entry).locality
    return Choice(bare(turn.say("5 không của {place}", place=place)), value("hoi", "muc", entry.id, "list"))


def _answer(turn: Turn, entry: Entry, found: Sequence[Entry]) -> list[Reply]:
    finding = turn.knowledge.open(entry, "list")
    turn.keep_focus(finding.focus)
    answer = compose(finding, turn.knowledge.library, turn.say, turn.today, contact_lines(turn))
    others = [_choice(turn, other) for other in found if other is not entry]
    return reply(answer.text, *answer.choices, *others)
