"""Entries of a document as a list of buttons, a page at a time."""

from collections.abc import Sequence

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.paging import page_number, pages_of, turning
from handlers.turn import Turn, value
from handlers.wording import capital, title
from knowledge.model import Document, Entry
from knowledge.units import documents_of

LABEL = 60


def label(turn: Turn, entry: Entry) -> str:
    """What the button of an entry says: its number and its topic, short."""
    text = f"{entry.number} {capital(title(turn.say, entry))}".strip()
    return text if len(text) <= LABEL else text[: LABEL - 1].rsplit(" ", 1)[0] + "…"


def opens(turn: Turn, entry: Entry) -> Choice:
    """The button that shows an entry with its quote."""
    return Choice(label(turn, entry), value("hoi", "muc", entry.id))


def ordered(turn: Turn) -> list[Document]:
    """All documents, those of the person's own place first."""
    library = turn.knowledge.library
    home = documents_of(library, turn.person.locality)
    return sorted(library.documents.values(), key=lambda document: document.id not in home)


def listed(turn: Turn, head: Markup, choices: Sequence[Choice], listing: str, page: str) -> list[Reply]:
    """One page of choices below a head. `listing` opens the list; a turned page replaces."""
    pages = pages_of(choices)
    number = page_number(page, len(pages))
    if len(pages) > 1:
        head += turn.say(" Trang {page}/{pages}.", page=number + 1, pages=len(pages))
    nav = turning(turn, listing, number, len(pages))
    return [Reply(head, (*pages[number], *nav), replaces=bool(page))]
