"""Long lists, a page at a time: the next page takes the place of the one before."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from markupsafe import Markup

from conversation import Choice
from handlers.turn import Turn, value

PAGE = 8
# Characters of one reply, tags not counted.
ROOM = 900

Item = TypeVar("Item")


def page_number(text: str, pages: int) -> int:
    """The page that a choice names, counted from 0; the nearest where there is no such page."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return max(0, min(number, pages - 1))


def pages_of(items: Sequence[Item], size: int = PAGE) -> list[Sequence[Item]]:
    """The items in pages; one empty page where there are none."""
    return [items[start : start + size] for start in range(0, len(items), size)] or [items]


def packed(lines: Iterable[Markup], room: int = ROOM) -> list[list[Markup]]:
    """Lines in pages that each have room for them; a longer line has a page of its own."""
    pages: list[list[Markup]] = [[]]
    left = room
    for line in lines:
        length = len(line.striptags()) + 2
        if length > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(line)
        left -= length
    return pages


def turning(turn: Turn, listing: str, page: int, pages: int) -> list[Choice]:
    """Buttons to the page before and after. `listing`: value of the choice that opens the list."""
    found = []
    if page > 0:
        found.append(Choice(str(turn.say("Trang trước")), _numbered(listing, page - 1)))
    if page + 1 < pages:
        found.append(Choice(str(turn.say("Trang sau")), _numbered(listing, page + 1)))
    return found


def _numbered(listing: str, page: int) -> str:
    """The page stands last in the argument: "tieuchi:con:tanphong-bang/2"."""
    flow, step, arg = [*listing.split(":"), "", ""][:3]
    return value(flow, step or "trang", f"{arg}/{page}" if arg else str(page))


def split_arg(arg: str) -> tuple[str, str]:
    """What is listed, and the page, of an argument that `turning` made; no page means the first."""
    what, _, page = arg.rpartition("/")
    return (what, page) if page.isdigit() else (arg, "")
