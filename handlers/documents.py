"""/vanban: the documents, and of each what it is for, its period, its parts and its deadlines."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.commands import menu_choice, wants
from handlers.deadlines import by_date, deadline_page
from handlers.listing import listed, opens, ordered
from handlers.paging import split_arg
from handlers.translation import Translator
from handlers.turn import Turn, reply, value
from handlers.wording import issued, paper
from knowledge.model import Document

NAME = "vanban"
_PHRASES = (
    *("van ban", "cac van ban", "danh sach van ban", "co bao nhieu van ban", "co may van ban", "co nhung van ban nao"),
    *("van ban nao moi nhat", "cac ke hoach", "danh sach ke hoach", "co nhung ke hoach nao", "co bao nhieu ke hoach"),
    "documents",
)
# Of a document's own text on its page.
TITLE = 260
REASON = 330


def handle(turn: Turn) -> Sequence[Reply] | None:
    """All documents, one of them, or one of its parts."""
    pressed = turn.pressed(NAME)
    if not pressed:
        if not wants(turn, NAME, *_PHRASES):
            return None
        return _all(turn)
    step, arg, _ = pressed
    what, page = split_arg(arg)
    id, _, kind = what.partition("/")
    document = turn.knowledge.library.documents.get(id)
    if document is None:
        return _all(turn)
    if step == "phan" and kind in _PARTS:
        return _part(turn, document, kind, page)
    return _deadlines(turn, document, page) if step == "han" else _one(turn, document)


def _all(turn: Turn) -> list[Reply]:
    documents = ordered(turn)
    if not documents:
        return reply(turn.say("Hiện chưa có văn bản nào."), menu_choice(turn))
    lines = [turn.say("<b>Các văn bản tôi tra được</b>")]
    for document in documents:
        parts = [document.issuer, issued(document.issued), standing(turn.say, document, turn.today)]
        rest = ", ".join(str(part) for part in parts if part)
        lines.append(turn.say("<b>{paper}</b>, {rest}.", paper=paper(turn.say, document), rest=rest))
    choices = [Choice(_label(document), value(NAME, "mot", document.id)) for document in documents]
    return reply(Markup("\n\n").join(lines), *choices)


def _label(document: Document) -> str:
    blank = document.number.startswith("/")
    name = document.type if blank else f"{document.type} {document.number}"
    return name if document.locality in name else f"{name} — {document.locality}"


def standing(say: Translator, document: Document, today: date) -> Markup:
    """Whether a document is still in its time on a day, in a few words."""
    begun = document.status_since is None or today >= document.status_since
    over = document.period_end is not None and today > document.period_end
    if document.status == "co_quan_da_giai_the" and begun:
        return say("cơ quan ban hành không còn")
    if document.status == "duoc_thay_the" and begun:
        return say("đã có văn bản thay thế")
    if over:
        return say("đã qua thời gian thực hiện")
    if document.status == "chua_ro" and begun:
        return say("cần hỏi phường cách áp dụng hiện nay")
    return say("còn trong thời gian thực hiện")


def _one(turn: Turn, document: Document) -> list[Reply]:
    say, english = turn.say, turn.say.language == "en"
    name = document.title_en if english and document.title_en else document.title
    reason = document.status_reason
    why = reason.text_en if english and reason.text_en else reason.text
    from_ = ", ".join(part for part in (document.issuer, issued(document.issued)) if part)
    lines = [
        say("<b>{paper}</b>, {issuer}", paper=paper(say, document), issuer=from_),
        say("Về việc: {title}", title=_short(name, TITLE)),
        say("Thời gian: {period}", period=document.period.raw or say("văn bản không ghi")),
        say("Hiện nay: {reason}", reason=_short(why, REASON)),
    ]
    return reply(Markup("\n").join(lines), *_parts(turn, document))


def _parts(turn: Turn, document: Document) -> list[Choice]:
    counts = Counter[str](entry.kind for entry in document.entries)
    choices = [
        Choice(f"{words(turn.say)} ({counts[kind]})", value(NAME, "phan", f"{document.id}/{kind}"))
        for kind, words in _PARTS.items()
        if counts[kind]
    ]
    if by_date(turn.knowledge.library, turn.today, [document.id]):
        choices.insert(0, Choice(str(turn.say("Hạn trong văn bản này")), value(NAME, "han", document.id)))
    return choices


def _part(turn: Turn, document: Document, kind: str, page: str) -> list[Reply]:
    choices = [opens(turn, entry) for entry in document.entries if entry.kind == kind]
    head = turn.say(
        "<b>{part}</b> trong {paper}. Bấm một mục để xem nguyên văn.",
        part=_PARTS[kind](turn.say),
        paper=paper(turn.say, document),
    )
    return listed(turn, head, choices, value(NAME, "phan", f"{document.id}/{kind}"), page)


def _deadlines(turn: Turn, document: Document, page: str) -> list[Reply]:
    found = by_date(turn.knowledge.library, turn.today, [document.id])
    head = turn.say("<b>Hạn trong {paper}</b>", paper=paper(turn.say, document))
    return deadline_page(turn, head, found, value(NAME, "han", document.id), page)


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1].rsplit(" ", 1)[0] + "…"


_PARTS: Mapping[str, Callable[[Translator], Markup]] = {
    "criterion": lambda say: say("Tiêu chí, tiêu chuẩn"),
    "target": lambda say: say("Chỉ tiêu"),
    "deadline": lambda say: say("Mốc thời gian"),
    "quota": lambda say: say("Số lượng"),
    "award": lambda say: say("Khen thưởng"),
    "duty": lambda say: say("Trách nhiệm"),
    "task": lambda say: say("Việc phải làm"),
    "guidance": lambda say: say("Hướng dẫn"),
    "form": lambda say: say("Biểu mẫu"),
    "definition": lambda say: say("Giải thích"),
    "period": lambda say: say("Thời gian"),
    "contact": lambda say: say("Địa chỉ liên hệ"),
    "signature": lambda say: say("Số, ngày, người ký"),
    "gap": lambda say: say("Chỉ nhắc tên, không giải thích"),
}
