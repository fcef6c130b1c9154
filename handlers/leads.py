"""The first line of an answer: the date, the number, the agency or the list that was asked for."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from markupsafe import Markup

from handlers.translation import Translator
from handlers.wording import capital, day, deadline_line, title
from knowledge.dates import due
from knowledge.model import Agencies, Entry, Library, Quantity
from knowledge.understanding import Finding
from knowledge.verdicts import pick_deadline

# Lines of a list before the rest goes behind a button.
LIST_LINES = 12
LIST_ROOM = 600
_ROLE_OF_FACET = {"lead": "lead", "advise": "advise", "implement": "implement", "coordinate": "coordinate"}


def leads(finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    """Lines for the asked fields that the entry holds; empty where the quote itself answers."""
    entry = finding.entries[0]
    found: list[Markup] = []
    for facet in finding.reading.facets[:3] or (finding.facet,):
        line = _LEADS[facet](entry, finding, library, say, today) if facet in _LEADS else Markup("")
        if line and line not in found:
            found.append(line)
    if not found:
        found = [_point(entry, finding, library, say, today)]
    return Markup("\n").join(found[:2])


def _point(entry: Entry, finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    """What an entry of its kind is about, where no field was asked for."""
    if library.children(entry):
        return _list(entry, finding, library, say, today)
    if entry.kind == "deadline":
        return _deadlines(entry, finding, library, say, today)
    if entry.kind in ("target", "quota"):
        return _quantities(entry, finding, library, say, today)
    return Markup("")


def _deadlines(entry: Entry, finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    picked = pick_deadline(entry, finding.reading)
    if picked is None:
        return Markup("")
    same = [d for d in entry.deadlines if d is picked or (d.what, d.month) == (picked.what, picked.month)]
    ordered = [*same, *(d for d in entry.deadlines if d not in same)]
    lines = [deadline_line(say, deadline, today) for deadline in ordered[:3]]
    safe = {seen.last for d in same if (seen := due(d, today)).last}
    if len(safe) > 1:
        lines.append(say("Văn bản ghi hai cách; để chắc chắn nên nộp chậm nhất {day}.", day=day(min(d for d in safe if d))))
    return Markup("\n").join(lines)


def _agencies(entry: Entry, finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    roles = [_ROLE_OF_FACET[facet] for facet in finding.reading.facets if facet in _ROLE_OF_FACET]
    chosen = sorted(entry.agencies, key=lambda a: a.role not in roles) if roles else list(entry.agencies)
    lines = [_agency(say, agencies) for agencies in chosen[:5]]
    if not lines and entry.award:
        return say("Đối tượng: <b>{who}</b>.", who=entry.award.who)
    return Markup("\n").join(dict.fromkeys(lines))


def _agency(say: Translator, agencies: Agencies) -> Markup:
    return say("{role}: <b>{names}</b>.", role=capital(agencies.label), names="; ".join(agencies.names))


def _receivers(entry: Entry, finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    lines = [say("Gửi về: <b>{to}</b>.", to=entry.form.sent_to)] if entry.form and entry.form.sent_to else []
    lines += [say("Gửi về: <b>{to}</b>.", to=d.to) for d in entry.deadlines if d.to]
    lines += [_agency(say, agencies) for agencies in entry.agencies if agencies.role == "receive"]
    lines += [say("{channel}: <b>{value}</b>.", channel=capital(c.channel), value=c.value) for c in entry.contacts]
    if not lines:
        return _agencies(entry, finding, library, say, today)
    return Markup("\n").join(dict.fromkeys(lines))


def _quantities(entry: Entry, finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    rows = [finding.row] if finding.row else list(entry.quantities)
    return Markup("\n").join(_quantity(say, row) for row in rows[:6])


def _quantity(say: Translator, row: Quantity) -> Markup:
    raw = re.sub(r"(\d)(m²)", r"\1 \2", row.raw)
    return say("{scope}: <b>{raw}</b>.", scope=capital(row.key or row.scope), raw=raw)


def _list(entry: Entry, finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    children = library.children(entry)
    items = _items(children, entry, say) or list(entry.items)
    if len(items) < 2:
        return Markup("")
    head = say("<b>{title}</b>, {count} mục:", title=capital(title(say, entry)), count=len(items))
    lines, room = [head], LIST_ROOM
    for order, item in enumerate(items, 1):
        room -= len(item) + 4
        if order > LIST_LINES or room < 0:
            lines.append(say("… và {count} mục nữa.", count=len(items) - order + 1))
            break
        lines.append(Markup("{}. {}").format(order, item))
    return Markup("\n").join(lines)


def _items(children: Sequence[Entry], parent: Entry, say: Translator) -> list[str]:
    """The children's own words where all of them fit, else their topics."""
    quotes = [bare_quote(child, parent) for child in children]
    if sum(len(quote) + 4 for quote in quotes) <= LIST_ROOM:
        return quotes
    share = LIST_ROOM // len(children) - 4 if children else 0
    if share >= 60:
        return [quote if len(quote) <= share else quote[: share - 1].rsplit(" ", 1)[0] + "…" for quote in quotes]
    return [_item(say, child) for child in children]


def bare_quote(child: Entry, parent: Entry) -> str:
    """The entry's own words without its list's heading and the mark in front of them."""
    parts = [" ".join(part.split()) for part in child.quote.split("[…]") if part.strip()]
    heading = " ".join(parent.quote.split())
    own = [part for part in parts if part not in heading]
    quote = (own or parts)[0]
    quote = re.sub(r"^(?:[-+•]|\(?[\dIVXa-zđ.]{1,5}[.)])\s*", "", quote).rstrip(" ;.:")
    return f"{child.number} {quote}" if child.number else quote


def _item(say: Translator, child: Entry) -> str:
    name = capital(title(say, child))
    return f"{child.number} {name}" if child.number else name


def _form(entry: Entry, finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    form = entry.form
    if form is None:
        return Markup("")
    line = say("Mẫu: <b>{name}</b>.", name=form.name)
    if form.columns:
        line += say(" Các cột: {columns}.", columns=" | ".join(form.columns))
    return line


def _award(entry: Entry, finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    award = entry.award
    if award is None or library.children(entry):
        return _list(entry, finding, library, say, today)
    line = say("Đối tượng: <b>{who}</b>.", who=award.who)
    if award.form:
        line += say(" Hình thức: {form}.", form=award.form)
    return line




_Lead = Callable[[Entry, Finding, Library, Translator, date], Markup]
_LEADS: Mapping[str, _Lead] = {
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
}

