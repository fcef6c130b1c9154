"""A finding in words: what was asked first, then the quote, its source, and whether it still applies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from conversation import Choice
from handlers.leads import Scene, bare_quote, leads, own_words, with_items
from handlers.quoting import ELISION, excerpt
from handlers.refusals import courtesy, missing, refusal
from handlers.translation import Translator
from handlers.turn import value
from handlers.verdicts import verdict_line
from handlers.wording import banner, capital, paper, source_line, standing, title
from knowledge.findings import Finding
from knowledge.model import Entry, Library

# Characters of a whole answer, tags not counted, and of one with what may be meant instead.
ROOM = 1080
WIDE_ROOM = 1170
# … and of the line on another paper.
ELSEWHERE_ROOM = 420
# Least room for a quote before a note gives way.
QUOTE_ROOM = 240
# A second quote with less room than this is left out.
LEAST_QUOTE = 120
# Fewer characters of a quote than this say nothing.
LEAST_WORDS = 25
LEAST_NEAR = 60
LABEL = 60
# Characters of what is quoted of each choice at most, and those of the names and the note around it.
MOST_LINE = 380
LINE_HEAD = 95


@dataclass(frozen=True, slots=True)
class Answer:
    """A finding as it is said."""

    kind: str
    text: Markup
    entries: tuple[Entry, ...]
    choices: tuple[Choice, ...]
    score: float


def compose(finding: Finding, library: Library, say: Translator, today: date, contact: Markup) -> Answer:
    """Word a finding. `contact` is the person to ask, as the ward's card says it."""
    if finding.kind == "clarify":
        text = _clarify(finding, library, say, today)
    elif finding.reason.startswith("courtesy:"):
        text = courtesy(finding.reason.removeprefix("courtesy:"), say)
    elif finding.kind == "none":
        text = refusal(finding, library, say, today, contact)
    elif finding.others:
        text = _several((finding, *finding.others), library, say, today)
    else:
        text = answer(finding, library, say, today)
    entries = (
        (finding.entries[0], *(other.entries[0] for other in finding.others)) if finding.others else finding.entries
    )
    return Answer(finding.kind, text, entries, tuple(_choices(finding, library, say)), finding.score)


def _clarify(finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    """One short question, with what each choice is about where it can be said in a line."""
    head = say("Việc này có ở nhiều văn bản. Anh/chị muốn hỏi về nơi nào, việc nào ạ?")
    if finding.reason == "broad" or not finding.reading.asks("define", "list"):
        papers = dict.fromkeys(library.document_of(entry) for entry in finding.options)
        names = "; ".join(f"{paper(say, document)} ({document.locality})" for document in papers)
        return head + say(" Các văn bản có nói tới: {names}.", names=names) if names else head
    most = min(MOST_LINE, (ROOM - len(head)) // len(finding.options) - LINE_HEAD)
    lines = [_line(entry, library, say, today, most) for entry in finding.options]
    return Markup("\n\n").join([head, *lines])


def _line(entry: Entry, library: Library, say: Translator, today: date, most: int) -> Markup:
    document = library.document_of(entry)
    where = {"place": document.locality, "paper": paper(say, document)}
    if entry.kind == "gap":
        return say("<b>{place}</b>: {paper} chỉ nhắc tên, không nêu nội dung.", **where)
    children = library.children(entry)
    text = "; ".join(bare_quote(child, entry) for child in children) if children else " ".join(entry.quote.split())
    line = say("<b>{place}</b> ({paper}): {text}.", text=excerpt(text, None, most)[0].rstrip("."), **where)
    if document.period_end and today > document.period_end:
        line += say(" Kế hoạch này đã hết thời gian thực hiện.")
    return line


def _several(findings: Sequence[Finding], library: Library, say: Translator, today: date) -> Markup:
    """What answers each question of a message, one after another; how a paper stands is said once."""
    documents = [library.document_of(finding.entries[0]) for finding in findings]
    banners = [banner(say, document, today) for document in dict.fromkeys(documents)]
    room = ROOM - sum(len(line.striptags()) + 2 for line in banners)
    parts: list[Markup] = []
    for left in range(len(findings), 0, -1):
        parts.append(_part(findings[-left], library, say, today, room // left - 2))
        room -= len(parts[-1].striptags()) + 2
    return Markup("\n\n").join(part for part in (*parts, *banners) if part)


def _part(finding: Finding, library: Library, say: Translator, today: date, room: int) -> Markup:
    entry = finding.entries[0]
    head = missing(finding, entry, say) if finding.kind == "none" else _lead(finding, library, say, today)
    source = source_line(say, library.document_of(entry), (entry,))
    room -= len(source.striptags()) + 4
    head = _shortened(head, room)
    room -= len(head.striptags())
    quote = _quotes(replace(finding, entries=(entry,)), library, say, room, " ".join(head.striptags().split()))
    return Markup("\n\n").join(part for part in (head, *(text for _, text in quote), source) if part)


def _shortened(head: Markup, room: int) -> Markup:
    """The first lines of a lead that fit; the rest stands behind the clause's own buttons."""
    lines: list[Markup] = []
    for line in head.split("\n"):
        room -= len(line.striptags()) + 1
        if room < len(ELISION) and lines:
            return Markup("\n").join([*lines, Markup("…")])
        lines.append(line)
    return head


def answer(finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    """The lead, the quote, one line of source, the note and the banner, in at most `ROOM` characters."""
    entries = finding.entries
    document = library.document_of(entries[0])
    tail = [source_line(say, document, entries), banner(say, document, today)]
    head = _lead(finding, library, say, today)
    if standing(say, document) in str(head.unescape()):
        tail[1] = Markup("")
    notes = _notes(entries, say, today)
    if finding.besides:
        notes.insert(0, say("Văn bản không nêu {what}.", what=finding.besides[say.language]))
    room = ROOM - len(head.striptags()) - sum(len(part.striptags()) + 2 for part in tail)
    while notes and room - sum(len(note.striptags()) + 2 for note in notes) < QUOTE_ROOM:
        notes.pop()
    room -= sum(len(note.striptags()) + 2 for note in notes)
    said = " ".join(head.striptags().split())
    quoted = _quotes(finding, library, say, room, said)
    # What found no room is not cited either.
    cited = [entries[0], *(entry for entry, _ in quoted)]
    parts = [head, *(quote for _, quote in quoted), *notes, source_line(say, document, cited), tail[1]]
    if finding.elsewhere:
        left = ROOM - sum(len(part.striptags()) + 2 for part in parts)
        parts.append(_elsewhere(finding.elsewhere, finding, library, say, min(left, ELSEWHERE_ROOM)))
    if finding.nearby:
        left = WIDE_ROOM - sum(len(part.striptags()) + 2 for part in parts)
        parts.append(_nearby(finding, library, say, left))
    return Markup("\n\n").join(part for part in parts if part)


def _elsewhere(entry: Entry, finding: Finding, library: Library, say: Translator, room: int) -> Markup:
    """One line on another paper that speaks of the same thing, as far as there is room for it."""
    document = library.document_of(entry)
    line = say(
        "<b>{place}</b> cũng có nói ({paper}, {section}): ",
        place=document.locality,
        paper=paper(say, document),
        section=entry.section,
    )
    left = room - len(line.striptags()) - 4
    if entry.kind == "gap" or left < LEAST_QUOTE:
        return Markup("")
    return line + f"“{excerpt(entry.quote, finding.reading, left)[0]}”"


def _nearby(finding: Finding, library: Library, say: Translator, room: int) -> Markup:
    """A short excerpt of each entry that may be meant instead, as far as there is room for them."""
    head = say("Gần với câu hỏi còn có:")
    found = [_near(entry, library, say) for entry in finding.nearby]
    room -= len(head)
    lines: list[Markup] = []
    for position, (start, width, quote) in enumerate(found):
        # What fits best comes whole where the others still get enough to say something.
        share = room - width - 4 - sum(map(_least, found[position + 1 :]))
        if share < min(len(quote), LEAST_NEAR) and not lines:
            share = room - width - 4
        text = excerpt(quote, finding.reading, share)[0] if share >= min(len(quote), LEAST_NEAR) else ""
        if len(text.replace(ELISION, "").strip()) >= LEAST_WORDS:
            lines.append(start + f"“{text}”")
            room -= width + len(text) + 5
    return Markup("\n").join([head, *lines]) if lines else Markup("")


def _near(entry: Entry, library: Library, say: Translator) -> tuple[Markup, int, str]:
    """How the line on an entry that may be meant begins, how many characters that is, what can be quoted in it."""
    start = Markup("• <b>{}</b> ({}): ").format(capital(title(say, entry)), entry.section)
    quote = with_items(own_words(entry, library.entries.get(entry.parent, entry)), entry, library)
    return start, len(start.striptags()), quote


def _least(line: tuple[Markup, int, str]) -> int:
    """The least characters that a line takes."""
    _, width, quote = line
    return width + 6 + min(len(quote), LEAST_NEAR)


def _lead(finding: Finding, library: Library, say: Translator, today: date) -> Markup:
    first = finding.entries[0]
    if len({entry.number for entry in finding.entries}) == 1 and len(finding.entries) > 1 and first.number:
        return say(
            "<b>{title}</b>: số này dùng cho {count} dòng, tôi trích cả hai.",
            title=capital(first.section.split(" (")[0]),
            count=len(finding.entries),
        )
    if finding.verdict:
        return verdict_line(say, finding.verdict, first)
    found = leads(Scene(first, finding, library, say, today))
    topic = f"{first.number} {capital(title(say, first))}".strip()
    return found or say("<b>{title}</b>", title=topic)


def _quotes(finding: Finding, library: Library, say: Translator, room: int, said: str) -> list[tuple[Entry, Markup]]:
    """The first entry's quote gets what it needs, the others what is left; what a list has said is not repeated."""
    found = []
    for position, entry in enumerate(finding.entries):
        later = len(finding.entries) - position - 1
        if _is_said(entry.quote, said):
            found.append((entry, Markup("")))
            continue
        twin = bool(entry.number) and entry.number == finding.entries[0].number
        topic = capital(title(say, entry)) if position and not twin else ""
        left = room - len(topic) - 2
        if position and left < LEAST_QUOTE:
            continue
        words = with_items(entry.quote, entry, library) if position else entry.quote
        text = _quote(words, entry, finding, left - LEAST_QUOTE * later)
        if len(text) + 4 > left or (ELISION in text and len(text.replace(ELISION, "").strip()) < LEAST_WORDS):
            continue
        quote = Markup("<blockquote>{}</blockquote>").format(f"“{text}”")
        found.append((entry, Markup("<b>{}</b>\n\n{}").format(topic, quote) if topic else quote))
        room = left - len(text) - 4
    return found


def _is_said(quote: str, said: str) -> bool:
    pieces = [piece.strip(" .;") for piece in " ".join(quote.split()).split(";")]
    return len(pieces) > 1 and all(piece in said for piece in pieces)


def _quote(words: str, entry: Entry, finding: Finding, room: int) -> str:
    own = [row.quote for row in finding.rows if row.quote and row in entry.quantities]
    quote = f" {ELISION} ".join(own) or words
    reckoned = getattr(finding.verdict, "quantity", None)
    quantities = [reckoned] if reckoned in entry.quantities else entry.quantities
    keep = [" ".join(raw.split()) for raw in (*(d.raw for d in entry.deadlines), *(q.raw for q in quantities))]
    if finding.reading.asks("when", "which") and not entry.deadlines:
        keep.append("ngày ")
    return excerpt(quote, finding.reading, max(room - 4, len(ELISION)), keep)[0]


def _notes(entries: Iterable[Entry], say: Translator, today: date) -> list[Markup]:
    notes = [note for entry in entries for note in entry.notes if not (note.since and today < note.since)]
    texts = [note.text_en if say.language == "en" and note.text_en else note.text for note in notes]
    return [say("Ghi chú: {text}", text=text) for text in list(dict.fromkeys(texts))[:2]]


def label(entry: Entry, library: Library, say: Translator) -> str:
    """What a button for an entry says: its topic and its place, short."""
    place = library.document_of(entry).locality
    topic = capital(title(say, entry))
    text = topic if place.lower() in topic.lower() else f"{topic} — {place}"
    if len(text) <= LABEL:
        return text
    room = LABEL - len(place) - 5
    return f"{topic[:room].rsplit(' ', 1)[0]}… — {place}"


def _following(entry: Entry, say: Translator) -> str:
    """What the button to the next item of a list says."""
    topic = f"{entry.number} {capital(title(say, entry))}".strip()
    text = str(say("Tiếp: {topic}", topic=topic).unescape())
    return text if len(text) <= LABEL else text[: LABEL - 1].rsplit(" ", 1)[0] + "…"


def _choices(finding: Finding, library: Library, say: Translator) -> Iterable[Choice]:
    for option in finding.options:
        yield Choice(label(option, library, say), value("hoi", "muc", option.id, finding.facet))
    entry = finding.entry
    if finding.kind != "answer" or entry is None:
        return
    if entry.id == library.document_of(entry).subject:
        yield Choice(str(say("Các phần của văn bản")), value("vanban", "mot", entry.document))
    if entry.deadlines and not finding.reading.asks("when", "late"):
        yield Choice(str(say("Hạn")), value("hoi", "muc", entry.id, "when"))
    if entry.agencies and not finding.reading.asks("who", "lead", "advise", "implement", "coordinate"):
        yield Choice(str(say("Ai làm")), value("hoi", "muc", entry.id, "who"))
    if not excerpt(entry.quote, None, ROOM // 2)[1]:
        yield Choice(str(say("Nguyên văn")), value("hoi", "nguyen", entry.id))
    if library.children(entry):
        yield Choice(str(say("Xem từng mục")), value("hoi", "con", entry.id))
    if entry.parent:
        siblings = library.children(library.entries[entry.parent])
        later = [other for other in siblings if other.order > entry.order][:1]
        for other in later:
            yield Choice(_following(other, say), value("hoi", "muc", other.id))
