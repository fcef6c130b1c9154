"""What is asked when a round is opened, and what is shown before it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from markupsafe import Markup

from conversation import Choice, Reply
from handlers.colleagues import leaders
from handlers.commands import folded
from handlers.due_days import due_choices, due_question
from handlers.listing import listed
from handlers.permissions import units_of
from handlers.round_texts import form_name, names_line, units_line
from handlers.step_texts import cut
from handlers.turn import Turn, reply, value
from handlers.unit_names import current
from handlers.unit_picking import switches
from handlers.wording import day, paper
from knowledge.folding import folded_words
from knowledge.form_deadlines import FormDeadline, form_deadline
from knowledge.forms import Form, Version
from storage.registry import UnitRow

NAME = "modot"
FORM, PERIOD, UNITS, EACH, DUE, SIGNER, CONFIRM = "mau", "ky", "dv", "tung", "han", "nguoiky", "mo"
STEPS = (FORM, PERIOD, UNITS, DUE, SIGNER, CONFIRM)
EVERY, CHOOSE, DONE, LATER = "het", "chon", "xong", "sau"
MOST_SIGNERS = 3


@dataclass(slots=True)
class Opening:
    """A round as far as it has been told; nothing is stored in the registry before it is confirmed."""

    version: Version
    period: str = ""
    units: list[str] = field(default_factory=list)
    due: date | None = None
    signer: str = ""
    # All of it was told: what is mended now leads back to the end.
    whole: bool = False

    @property
    def form(self) -> Form:
        """The form that is asked for."""
        return self.version.form


def owing(turn: Turn, opening: Opening) -> list[UnitRow]:
    """Units that this round can be for: of the kinds of the form, of one's ward, not yet in such a round."""
    registry = turn.records.registry
    mine = set(units_of(turn, "open_round"))
    same = [r for r in registry.rounds.current() if r.form == opening.form.id and r.period == opening.period]
    taken = {unit for round in same for unit in round.units}
    return [unit for unit in eligible(turn, opening.form) if unit.code in mine - taken]


def eligible(turn: Turn, form: Form) -> list[UnitRow]:
    """The units of the kinds that a form is for, as they are today; of all kinds where it names none."""
    return [unit for unit in current(turn) if (unit.kind in form.units if form.units else unit.parent)]


def deadline_of(turn: Turn, opening: Opening) -> FormDeadline | None:
    """What the document says about the due day of this round."""
    return form_deadline(turn.knowledge.library, opening.form, opening.period, turn.today)


def ask_form(turn: Turn, page: str = "") -> list[Reply]:
    """Which form, a page at a time."""
    forms = [version.form for version in turn.knowledge.library.forms.values()]
    choices = [Choice(cut(form_name(form)), value(NAME, FORM, form.id)) for form in forms]
    return listed(
        turn, turn.say("Mở đợt cho biểu mẫu nào? Chọn, hoặc gõ tên biểu."), choices, value(NAME, "trang"), page
    )


def forms_named(turn: Turn, text: str) -> list[str]:
    """Ids of the forms that a text names by the words of their names; the one whose name it is alone."""
    words = folded(text)
    forms = [version.form for version in turn.knowledge.library.forms.values()]
    names = {form.id: [" ".join(folded_words(name)) for name in (form.short, form.title) if name] for form in forms}
    exact = [id for id, known in names.items() if words in known]
    return exact or [id for id, known in names.items() if words and any(f" {words} " in f" {name} " for name in known)]


def ask_period(turn: Turn, opening: Opening) -> list[Reply]:
    """Which year or period, with what the document is about."""
    say = turn.say
    head = say("<b>{form}</b>", form=opening.form.title)
    document = turn.knowledge.library.documents.get(opening.form.document)
    lines = [head]
    if document:
        where = opening.form.section or document.locality
        lines.append(say("Theo {paper}, {section}.", paper=paper(say, document), section=where))
    lines.append(say("Đợt này là của kỳ nào? Chọn, hoặc gõ, ví dụ <b>quý I năm {year}</b>.", year=turn.today.year))
    offered = periods(turn, opening.form)
    choices = [Choice(text, value(NAME, PERIOD, str(place))) for place, text in enumerate(offered)]
    return reply(Markup("\n").join(lines), *choices)


def periods(turn: Turn, form: Form) -> list[str]:
    """Periods that are offered, the likeliest first."""
    say, year = turn.say, turn.today.year
    years = [say("năm {year}", year=year), say("năm {year}", year=year + 1), say("năm {year}", year=year - 1)]
    month = [say("tháng {month}/{year}", month=turn.today.month, year=year)]
    return [str(text) for text in (*(month if form.period == "date" else []), *years)]


def ask_units(turn: Turn, opening: Opening) -> list[Reply]:
    """Which units: all that can owe it, or some."""
    say = turn.say
    units = owing(turn, opening)
    text = say(
        "Những đơn vị nào phải nộp? Biểu này dành cho {units}.\n"
        "Bấm chọn, hoặc gõ số tổ hay tên, ví dụ <b>1-5, 8</b> hay <b>tất cả trừ 3</b>.",
        units=units_line(turn, units),
    )
    every = Choice(str(say("Tất cả {count} đơn vị", count=len(units))), value(NAME, UNITS, EVERY))
    return reply(text, every, Choice(str(say("Chọn từng đơn vị")), value(NAME, UNITS, CHOOSE)))


def ask_each(turn: Turn, opening: Opening, page: str = "") -> list[Reply]:
    """The units one by one, each in or out."""
    say = turn.say
    choices, number, pages = switches(turn, owing(turn, opening), opening.units, NAME, page)
    text = say("Bấm tên để chọn hoặc bỏ. Đã chọn {count}.", count=len(opening.units))
    if pages > 1:
        text += say(" Trang {page}/{pages}.", page=number + 1, pages=pages)
    done = Choice(str(say("Xong, lấy {count} đơn vị", count=len(opening.units))), value(NAME, UNITS, DONE))
    return reply(text, *choices, *([done] if opening.units else []), replaces=bool(page))


def ask_due(turn: Turn, opening: Opening) -> list[Reply]:
    """When it is due."""
    found = deadline_of(turn, opening)
    return reply(due_question(turn, found), *due_choices(turn, found, NAME))


def ask_signer(turn: Turn) -> list[Reply]:
    """Who signs the papers."""
    say = turn.say
    text = say(
        "Ai ký giấy tờ của đợt này? Gõ họ tên và chức vụ như in trên giấy, ví dụ <b>Nguyễn Văn A, Chủ tịch</b>. "
        "Chưa rõ thì để sau."
    )
    known = [Choice(cut(name), value(NAME, SIGNER, str(place))) for place, name in enumerate(signers(turn))]
    return reply(text, *known, Choice(str(say("Để sau")), value(NAME, SIGNER, LATER)))


def signers(turn: Turn) -> list[str]:
    """Who signed in the newest rounds, each once."""
    rounds = turn.records.registry.rounds.every()
    mine = set(units_of(turn, "open_round"))
    return list(dict.fromkeys(r.signer for r in rounds if r.signer and mine.intersection(r.units)))[:MOST_SIGNERS]


def ask_confirm(turn: Turn, opening: Opening) -> list[Reply]:
    """All of it once more; the button is for this state only."""
    say = turn.say
    units = [unit for unit in eligible(turn, opening.form) if unit.code in opening.units]
    lines = [
        say("<b>Mở đợt này?</b>"),
        say("Biểu mẫu: {form}, {period}", form=form_name(opening.form), period=opening.period),
        say("Phải nộp: {units}", units=units_line(turn, units)),
        say("Hạn: {due}", due=_due(turn, opening.due)),
        say("Người ký: {signer}", signer=opening.signer or say("để trống")),
        *_reach(turn, units),
    ]
    # The conversation is saved once more with this question, and the button is for that state only.
    open_it = Choice(str(say("Mở đợt")), value(NAME, CONFIRM, "", turn.conversation.revision + 1))
    return reply(
        Markup("\n").join(lines),
        open_it,
        Choice(str(say("Sửa hạn")), value(NAME, "den", DUE)),
        Choice(str(say("Sửa đơn vị")), value(NAME, "den", UNITS)),
        Choice(str(say("Không mở nữa")), value("huy")),
    )


def _due(turn: Turn, due: date | None) -> Markup:
    if due is None:
        return turn.say("không đặt")
    days = (due - turn.today).days
    if days < 0:
        return turn.say("{day}, <b>đã qua {days} ngày</b>", day=day(due), days=-days)
    return turn.say("{day}, còn {days} ngày", day=day(due), days=days)


def _reach(turn: Turn, units: Sequence[UnitRow]) -> list[Markup]:
    """Who will hear of it, and which units have nobody here."""
    there = leaders(turn)
    alone = [unit for unit in units if unit.code not in there]
    say = turn.say
    if not alone:
        return [say("Mở xong, tôi nhắn ngay cho người phụ trách các đơn vị.")]
    if len(alone) == len(units):
        return [say("Chưa đơn vị nào có người nhận nhắn ở đây. Anh/chị mời họ, hoặc nhập thay từ bài giấy.")]
    return [
        say("Mở xong, tôi nhắn ngay cho người phụ trách các đơn vị."),
        say(
            "Chưa có ai nhận nhắn ở: {names}. Anh/chị mời họ, hoặc nhập thay từ bài giấy.",
            names=names_line(turn, alone),
        ),
    ]
