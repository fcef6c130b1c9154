"""The first line of an answer: the date, the number, the agency or the list that was asked for."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from handlers.quoting import ELISION
from handlers.translation import Translator
from handlers.wording import capital, day, deadline_line, paper, standing, title
from knowledge.dates import due
from knowledge.findings import Finding
from knowledge.model import Agencies, Entry, Library, Quantity
from knowledge.rows import pick_deadline

# Lines of a list before the rest goes behind a button, and characters of all of them.
LIST_LINES = 12
LIST_ROOM = 600
# … and of a longer list, of which every item is named shortly, each in so many characters at least.
LONG_ROOM = 800
LEAST_NAME = 24
# Less than this of a clause says nothing; then its topic stands in the list.
LEAST_ITEM = 60
# So much in common with the list's own quote is its heading.
SHARED_HEADING = 30
# A quote shorter than this is a heading: what stands under it is said too.
SHORT_QUOTE = 160
_LISTS = frozenset({"list", "define"})
_ROLES = frozenset({"lead", "advise", "implement", "coordinate"})


@dataclass(frozen=True, slots=True)
class Scene:
    """What a lead is worded from."""

    # The entry that answers, one of the finding's.
    entry: Entry
    finding: Finding
    library: Library
    say: Translator
    today: date


def leads(scene: Scene) -> Markup:
    """Lines for the asked fields that the entry holds; empty where the quote itself answers."""
    found: list[Markup] = []
    for facet in scene.finding.reading.facets[:3] or (scene.finding.facet,):
        # A list of the second clause is not what the first one was asked for.
        entries = scene.finding.entries[:1] if facet in _LISTS else scene.finding.entries
        for entry in entries:
            line = _LEADS[facet](replace(scene, entry=entry)) if facet in _LEADS else Markup("")
            if line and line not in found:
                found.append(line)
                break
    if not found:
        return _point(scene)
    if "list" not in scene.finding.reading.facets and len(scene.entry.quote) < SHORT_QUOTE:
        found = [*found[:2], _list(scene)]
    return Markup("\n").join(line for line in dict.fromkeys(found) if line)


def _point(scene: Scene) -> Markup:
    """What an entry of its kind is about, where no field was asked for."""
    if scene.library.children(scene.entry):
        return _list(scene)
    if scene.entry.kind == "deadline":
        return _deadlines(scene)
    return _quantities(scene) if scene.entry.kind in ("target", "quota") else Markup("")


def _validity(scene: Scene) -> Markup:
    """Whether the paper still holds: for what its document file says of that, and from when on."""
    if scene.entry.kind != "period":
        return Markup("")
    document = scene.library.document_of(scene.entry)
    told = standing(scene.say, document)
    return scene.say("<b>{paper}</b>: {text}", paper=paper(scene.say, document), text=told)


def _deadlines(scene: Scene) -> Markup:
    entry, say = scene.entry, scene.say
    picked = pick_deadline(entry, scene.finding.reading)
    if picked is None:
        return Markup("")
    same = [d for d in entry.deadlines if (d.day, d.month, d.year) == (picked.day, picked.month, picked.year)]
    ordered = [picked, *(d for d in (*same, *entry.deadlines) if d is not picked)]
    lines = [deadline_line(say, deadline, scene.today) for deadline in dict.fromkeys(ordered)][:3]
    safe = [last for d in same if d.day and (last := due(d, scene.today).last)]
    if len(set(safe)) > 1:
        lines.append(say("Văn bản ghi hai cách; để chắc chắn nên nộp chậm nhất {day}.", day=day(min(safe))))
    return Markup("\n").join(lines)


def _agencies(scene: Scene) -> Markup:
    """Bodies by role, the asked roles first."""
    asked = _ROLES.intersection(scene.finding.reading.facets)
    chosen = sorted(scene.entry.agencies, key=lambda agencies: agencies.role not in asked)
    lines = [_agency(scene.say, agencies) for agencies in chosen[:5]]
    if not lines and scene.entry.award:
        return scene.say("Đối tượng: <b>{who}</b>.", who=scene.entry.award.who)
    return Markup("\n").join(dict.fromkeys(lines))


def _agency(say: Translator, agencies: Agencies) -> Markup:
    return say("{role}: <b>{names}</b>.", role=capital(agencies.label), names="; ".join(agencies.names))


def _receivers(scene: Scene) -> Markup:
    entry, say = scene.entry, scene.say
    places = [entry.form.sent_to] if entry.form else []
    places += [deadline.to for deadline in entry.deadlines]
    lines = [say("Gửi về: <b>{to}</b>.", to=place) for place in places if place]
    receiving = [agencies for agencies in entry.agencies if agencies.role == "receive"]
    lines += [_agency(say, agencies) for agencies in receiving if not set(agencies.names) <= set(places)]
    lines += [say("{channel}: <b>{value}</b>.", channel=capital(c.channel), value=c.value) for c in entry.contacts]
    return Markup("\n").join(dict.fromkeys(lines)) or _agencies(scene)


def _quantities(scene: Scene) -> Markup:
    rows = scene.finding.rows or scene.entry.quantities
    return Markup("\n").join(_quantity(scene.say, row) for row in rows[:6])


def _quantity(say: Translator, row: Quantity) -> Markup:
    raw = re.sub(r"(\d)(m²)", r"\1 \2", row.raw)
    return say("{scope}: <b>{raw}</b>.", scope=capital(row.key or row.scope), raw=raw)


def _list(scene: Scene) -> Markup:
    entry, say = scene.entry, scene.say
    items = _items(scene) or list(entry.items)
    if len(items) < 2:
        return Markup("")
    named = {"title": capital(title(say, entry)), "count": len(items)}
    rows = _numbered_below(entry, scene.library)
    lines = [
        say("<b>{title}</b>, {count} mục, tất cả {rows} tiêu chí:", rows=rows, **named)
        if rows
        else say("<b>{title}</b>, {count} mục:", **named)
    ]
    whole = len(items) * LEAST_NAME <= LONG_ROOM
    room = LONG_ROOM if whole else LIST_ROOM
    for order, item in enumerate(items, 1):
        room -= len(item) + 4
        if (order > LIST_LINES and not whole) or room < 0:
            lines.append(say("… và {count} mục nữa.", count=len(items) - order + 1))
            break
        lines.append(Markup("{}. {}").format(order, item))
    return Markup("\n").join(lines)


def _numbered_below(entry: Entry, library: Library) -> int:
    """How many numbered rows stand in the lists of a list; 0 where its own items are the rows."""
    children = library.children(entry)
    return (
        0
        if any(child.number for child in children)
        else sum(bool(row.number) for child in children for row in library.children(child))
    )


def _items(scene: Scene) -> list[str]:
    """The children's own words, shortened alike where they are too long, or their topics."""
    children, parent, say = scene.library.children(scene.entry), scene.entry, scene.say
    own = [(bare_quote(child, parent), child) for child in children]
    # Entries of one paragraph share its words, which are said once.
    quotes = list(dict.fromkeys(quote for quote, _ in own))
    full = list(dict.fromkeys(with_items(quote, child, scene.library) for quote, child in own))
    if sum(len(quote) + 4 for quote in full) <= LIST_ROOM:
        return full
    if sum(len(quote) + 4 for quote in quotes) <= LIST_ROOM:
        return quotes
    share = LIST_ROOM // len(quotes) - 4
    if share >= LEAST_ITEM:
        return [_cut(quote, share) for quote in quotes]
    topics = [_topic(say, child) for child in children]
    name = max(LONG_ROOM // len(topics) - 4, LEAST_NAME)
    fit = sum(len(topic) + 4 for topic in topics) <= LIST_ROOM
    return topics if fit else [_cut(topic, name) for topic in topics]


def _cut(topic: str, room: int) -> str:
    return topic if len(topic) <= room else topic[: room - 1].rsplit(" ", 1)[0] + "…"


def bare_quote(child: Entry, parent: Entry) -> str:
    """The entry's number and its own words, without its list's heading and the mark in front of them."""
    quote = own_words(child, parent)
    return f"{child.number} {quote}" if child.number else quote


@lru_cache(maxsize=1024)
def own_words(child: Entry, parent: Entry) -> str:
    """The entry's words without its list's heading and the mark in front of them."""
    parts = [" ".join(part.split()) for part in child.quote.split("[…]") if part.strip()]
    heading = " ".join(parent.quote.split())
    own = [part for part in parts if part not in heading]
    first = (own or parts)[0]
    shared = next(
        (i for i, (a, b) in enumerate(zip(first, heading, strict=False)) if a != b), min(len(first), len(heading))
    )
    if shared >= SHARED_HEADING and len(first) - shared >= SHARED_HEADING:
        first = first[shared:].strip()
    return re.sub(r"^(?:[-+•]|\(?[\dIVXa-zđ.]{1,5}[.)])\s*", "", first).rstrip(" ;.:")


def with_items(quote: str, entry: Entry, library: Library) -> str:
    """An entry's words; where they are a heading, also what stands under it."""
    children = library.children(entry)
    if not children or len(quote) >= SHORT_QUOTE:
        return quote
    return f" {ELISION} ".join([quote, *(own_words(child, entry) for child in children)])


def _topic(say: Translator, child: Entry) -> str:
    name = capital(title(say, child))
    return f"{child.number} {name}" if child.number else name


def _form(scene: Scene) -> Markup:
    form, say = scene.entry.form, scene.say
    if form is None:
        return Markup("")
    line = say("Mẫu: <b>{name}</b>.", name=form.name)
    if form.columns:
        line += say(" Các cột: {columns}.", columns=" | ".join(form.columns))
    return line


def _award(scene: Scene) -> Markup:
    award, say = scene.entry.award, scene.say
    if award is None or scene.library.children(scene.entry):
        return _list(scene)
    line = say("Đối tượng: <b>{who}</b>.", who=award.who)
    if award.form:
        line += say(" Hình thức: {form}.", form=award.form)
    return line


_LEADS: Mapping[str, Callable[[Scene], Markup]] = {
    "when": _deadlines,
    "late": _deadlines,
    "who": _agencies,
    "lead": _agencies,
    "advise": _agencies,
    "implement": _agencies,
    "coordinate": _agencies,
    "where": _receivers,
    "how_many": _quantities,
    "list": _list,
    "define": _list,
    "form": _form,
    "condition": _award,
    "valid": _validity,
}
