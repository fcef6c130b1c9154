"""What a check found, said to the person who fills in or reviews: what is odd, in numbers, and by which clause."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from handlers.award_texts import award_text, ceilings_text, preferred_text
from handlers.drafts import Draft
from handlers.turn import Turn
from handlers.vote_texts import vote_text
from handlers.wording import number, paper
from knowledge.field_values import shown
from knowledge.form_checks import findings
from knowledge.form_findings import Finding
from knowledge.forms import Field, Form, Target
from knowledge.shares import percent_shown

# Lines and characters of one summary; the rest is only counted.
MOST_LINES = 7
MOST_ROOM = 600


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with what it takes to say it."""

    turn: Turn
    form: Form
    answers: Mapping[str, object]
    finding: Finding

    @property
    def name(self) -> str:
        """What it is about, as people call it: a number, or the words of a field; of a row its name."""
        path = self.finding.paths[0] if self.finding.paths else ""
        field = self.form.field(path.split("/")[0].split("#")[0])
        if field is None:
            return self.form.short or self.form.title
        row = path.split("/")[1] if "/" in path else ""
        naming = field.naming
        if row and naming:
            told = self.answers.get(f"{field.id}/{row}/{naming.id}")
            return shown(naming, told) if told is not None else row
        return field.number or field.short or field.prompt

    @property
    def clause(self) -> Markup:
        """Where it stands, in brackets; empty where no document says it."""
        library = self.turn.knowledge.library
        entry = library.entries.get(self.finding.entry)
        if entry is None:
            return Markup("")
        return Markup(" ({}, {})").format(entry.section, paper(self.turn.say, library.document_of(entry)))

    @property
    def field(self) -> Field | None:
        """The field or column of the first path."""
        path = self.finding.paths[0].split("#")[0] if self.finding.paths else ""
        found = self.form.field(path.split("/")[0])
        return next((c for c in found.columns if path.endswith(f"/{c.id}")), found) if found else None


def finding_lines(draft: Draft) -> Sequence[Markup]:
    """What to look at again in a draft, the warnings first."""
    round = draft.turn.records.registry.rounds.get(draft.submission.round)
    settings = round.settings if round else {}
    return finding_texts(draft.turn, draft.form, draft.answers, draft.unit.kind, settings)


def finding_texts(
    turn: Turn, form: Form, answers: Mapping[str, object], unit_kind: str, settings: Mapping[str, str]
) -> Sequence[Markup]:
    """What the checks of a form say about some answers, the warnings first, at most a screen of them."""
    found = findings(form, answers, unit_kind, settings, turn.knowledge.library, turn.today)
    ordered = sorted(found, key=lambda finding: finding.severity != "warn")
    lines = list(dict.fromkeys(_lines(turn, form, answers, ordered)))
    shown = [line for place, line in enumerate(lines) if sum(map(len, lines[: place + 1])) <= MOST_ROOM][:MOST_LINES]
    if len(shown) < len(lines):
        shown.append(turn.say("… và {count} điều nữa.", count=len(lines) - len(shown)))
    return shown


def _lines(turn: Turn, form: Form, answers: Mapping[str, object], ordered: Sequence[Finding]) -> Iterator[Markup]:
    for finding in ordered:
        said = _WORDS[finding.code](Found(turn, form, answers, finding))
        if said:
            mark = "⚠ " if finding.severity == "warn" else "• "
            yield Markup("{}{}").format(mark, said)


def _conflict(found: Found) -> Markup:
    return Markup.escape(found.finding.says) + found.clause


def _share(found: Found) -> Markup:
    """Numbers beside a tick that say otherwise; the tick stays as it is."""
    say, numbers = found.turn.say, found.finding.numbers
    words = {
        "name": found.name,
        "value": _measured(found),
        "target": _target(found, numbers.get("target")),
    }
    if numbers.get("met"):
        return say("Mục {name}: {value}, đạt mức {target}, mà đang chọn Không. Xem lại giúp tôi nhé.", **words)
    if numbers.get("tick") == "na":
        return say("Mục {name}: có số liệu {value}, mà đang chọn Không áp dụng. Xem lại giúp tôi nhé.", **words)
    return say("Mục {name}: {value}, chưa tới mức {target}, mà đang chọn Có. Xem lại giúp tôi nhé.", **words)


def _compared(found: Found) -> Markup:
    say = found.turn.say
    words = {"name": found.name, "value": _measured(found)}
    words["target"] = _target(found, found.finding.numbers.get("target"))
    if found.finding.numbers.get("met"):
        return say("{name}: {value}, đạt mức {target}.", **words)
    return say("{name}: {value}, văn bản nêu {target}", **words) + found.clause


def _measured(found: Found) -> str:
    exact, value = found.finding.numbers.get("percent"), found.finding.numbers.get("value")
    if isinstance(exact, Fraction) and isinstance(value, Mapping):
        return f"{value.get('part')}/{value.get('whole')} = {percent_shown(exact)} %"
    return str(value).replace(".", ",")


def _target(found: Found, target: object) -> Markup:
    say = found.turn.say
    if not isinstance(target, Target):
        return say("văn bản nêu")
    low, unit = number(target.value, say.language), target.unit
    if target.comparator == "range" and target.value_max is not None:
        return say("từ {low} đến {high} {unit}", low=low, high=number(target.value_max, say.language), unit=unit)
    return {
        ">": say("trên {low} {unit}", low=low, unit=unit),
        ">=": say("từ {low} {unit} trở lên", low=low, unit=unit),
        "<": say("dưới {low} {unit}", low=low, unit=unit),
        "<=": say("không quá {low} {unit}", low=low, unit=unit),
    }.get(target.comparator, say("{low} {unit}", low=low, unit=unit))


def _change(found: Found) -> Markup:
    numbers = found.finding.numbers
    before, after, change = (numbers.get(key) for key in ("before", "after", "change"))
    if not (isinstance(before, Fraction) and isinstance(after, Fraction) and isinstance(change, Fraction)):
        return Markup("")
    words = {"before": percent_shown(before), "after": percent_shown(after), "change": percent_shown(abs(change))}
    if change < 0:
        return found.turn.say("Từ {before} % xuống {after} %: giảm {change} điểm phần trăm.", **words)
    return found.turn.say("Từ {before} % lên {after} %: tăng {change} điểm phần trăm.", **words)


def _quota(found: Found) -> Markup:
    say, numbers = found.turn.say, found.finding.numbers
    if numbers.get("proposes"):
        return say("Công trình của đơn vị được đề xuất vào số chung của phường") + found.clause
    words = {"count": numbers["count"], "asked": numbers["asked"]}
    shared, tail = numbers.get("shared_by"), Markup("")
    if isinstance(shared, tuple) and shared:
        tail = say(", tính chung cho {bodies}", bodies=", ".join(map(str, shared)))
    if numbers.get("met"):
        return say("Đăng ký {count} công trình, văn bản nêu {asked}{tail}: đủ.", tail=tail, **words)
    return say("Đăng ký {count} công trình, văn bản nêu {asked}{tail}", tail=tail, **words) + found.clause


def _mandatory(found: Found) -> Markup:
    text = found.turn.say("“{name}” là chỉ tiêu chuyên môn bắt buộc, không đăng ký được", name=found.name)
    return text + found.clause


_WORDS: Mapping[str, Callable[[Found], Markup]] = {
    "conflict": _conflict,
    "share": _share,
    "target": _compared,
    "change": _change,
    "quota": _quota,
    "mandatory": _mandatory,
    "votes": lambda found: vote_text(found.turn.say, found.name, found.finding.numbers),
    "long_service": lambda found: award_text(found.turn.say, found.name, found.finding.numbers) + found.clause,
    "tenure_preferred": lambda found: preferred_text(found.turn.say, found.name, found.finding.numbers) + found.clause,
    "ceilings": lambda found: ceilings_text(found.turn.say, found.finding.numbers) + found.clause,
}
