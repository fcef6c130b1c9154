"""Any other text is a question; the buttons below an answer open the clause, a list, or another field of it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.answers import Answer, compose, label
from handlers.contact import short_card
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from handlers.wording import capital, source_line, title
from knowledge.folding import fold
from knowledge.model import Entry
from knowledge.units import documents_of
from storage.records import Question

FLOW = "hoi"
# Questions are logged folded, with numbers that could name a person masked.
LOGGED = 200
_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){8,}")


def handle(turn: Turn) -> Sequence[Reply] | None:
    """Answer a question, or open what was pressed below an answer."""
    pressed = turn.pressed(FLOW)
    if pressed:
        return _opened(turn, *pressed)
    if turn.incoming.kind != "text":
        return None
    return _asked(turn)


def _asked(turn: Turn) -> list[Reply]:
    library = turn.knowledge.library
    home = documents_of(library, turn.person.locality)
    finding = turn.knowledge.find(turn.text, turn.today, turn.focus, home)
    if finding.reading.english and not turn.person.language:
        turn.say = Translator("en")
    answer = compose(finding, library, turn.say, turn.today, short_card(turn.say, turn.ward))
    turn.keep_focus(replace(finding.focus, question=masked(finding.focus.question)))
    turn.records.log_question(_logged(turn, answer))
    return reply(answer.text, *answer.choices)


def _logged(turn: Turn, answer: Answer) -> Question:
    entry = answer.entries[0].id if answer.entries else ""
    asked = masked(fold(turn.text))[:LOGGED]
    return Question(asked, entry, answer.kind, round(answer.score, 3), turn.incoming.address.channel)


def masked(text: str) -> str:
    """The text with runs of nine or more digits (phone, identity numbers) replaced."""
    return _LONG_NUMBER.sub("[số]", text)


def _opened(turn: Turn, step: str, arg: str, facet: str) -> list[Reply] | None:
    library = turn.knowledge.library
    entry = library.entries.get(arg)
    if entry is None:
        return None
    if step == "nguyen":
        return _whole(turn, entry)
    if step == "con":
        return _children(turn, entry)
    finding = turn.knowledge.open(entry, facet)
    answer = compose(finding, library, turn.say, turn.today, short_card(turn.say, turn.ward))
    turn.keep_focus(finding.focus)
    return reply(answer.text, *answer.choices)


def _whole(turn: Turn, entry: Entry) -> list[Reply]:
    """The quote uncut; the channel splits what is too long."""
    document = turn.knowledge.library.document_of(entry)
    parts = [
        turn.say("<b>{title}</b>", title=capital(title(turn.say, entry))),
        Markup("<blockquote>{}</blockquote>").format(f"“{' '.join(entry.quote.split())}”"),
        source_line(turn.say, document, (entry,)),
    ]
    return reply(Markup("\n\n").join(parts))


def _children(turn: Turn, entry: Entry) -> list[Reply]:
    library = turn.knowledge.library
    head = turn.say("<b>{title}</b>. Anh/chị chọn mục cần xem:", title=capital(title(turn.say, entry)))
    children = library.children(entry)[:30]
    return reply(head, *(Choice(_numbered(child, turn), value(FLOW, "muc", child.id)) for child in children))


def _numbered(entry: Entry, turn: Turn) -> str:
    text = label(entry, turn.knowledge.library, turn.say)
    return f"{entry.number} {text}" if entry.number else text
