"""Conclusions in words: enough or not, the arithmetic, and what is still open."""

from collections.abc import Mapping

from markupsafe import Markup

from handlers.translation import Translator
from handlers.wording import day, next_time, number
from knowledge.dates import Due
from knowledge.model import Entry, Quantity
from knowledge.verdicts import (
    Change,
    Count,
    Duration,
    Excluded,
    Lateness,
    Least,
    Projection,
    Tenure,
    Threshold,
    Total,
    Verdict,
)

# Percentages closer than this are the same.
NEAR = 0.05


def verdict_line(say: Translator, verdict: Verdict, entry: Entry) -> Markup:
    """What follows from the numbers in the question, and nothing more."""
    if isinstance(verdict, Tenure):
        return _tenure(say, verdict, entry)
    if isinstance(verdict, Threshold):
        return _threshold(say, verdict)
    if isinstance(verdict, Count):
        return _count(say, verdict)
    if isinstance(verdict, Projection):
        return _projection(say, verdict)
    if isinstance(verdict, Change):
        return _change(say, verdict)
    if isinstance(verdict, Total):
        return _total(say, verdict)
    if isinstance(verdict, Least):
        return _least(say, verdict)
    if isinstance(verdict, Duration):
        span = _span(say, verdict.months)
        return say("<b>Kéo dài {span}</b> ({raw}).", span=span, raw=verdict.deadline.raw)
    if isinstance(verdict, Excluded) and verdict.outcome == "open":
        return say(
            "<b>Còn tùy.</b> Văn bản không xét trường hợp “{reason}”; việc ấy đã xong hẳn thì không thuộc diện này.",
            reason=verdict.exclusion.text,
        )
    if isinstance(verdict, Excluded):
        return say("<b>Không.</b> Văn bản không xét trường hợp “{reason}”.", reason=verdict.exclusion.text)
    return _lateness(say, verdict)


def _span(say: Translator, months: int) -> Markup:
    years, rest = divmod(months, 12)
    if years and rest:
        return say("{years} năm {months} tháng", years=years, months=rest)
    return say("{years} năm", years=years) if years else say("{months} tháng", months=rest)


def _tenure(say: Translator, verdict: Tenure, entry: Entry) -> Markup:
    total, needed = _span(say, verdict.months), _span(say, verdict.needed)
    terms = Markup(" + ").join(_span(say, term.months) for term in verdict.terms)
    sum_ = terms + Markup(" = ") + total if len(verdict.terms) > 1 else total
    if verdict.office:
        return say(
            "<b>Chưa đủ để kết luận:</b> văn bản chỉ tính thời gian làm {offices}; "
            "thời gian làm {office} không được nêu ({sum}, cần {needed}).",
            offices=", ".join(entry.award.offices if entry.award else ()),
            office=verdict.office,
            sum=sum_,
            needed=needed,
        )
    if verdict.preferred:
        return _preference(say, verdict, sum_, needed)
    if verdict.outcome == "met":
        return say(
            "<b>Đủ về thời gian:</b> {sum}, cần từ {needed} trở lên. "
            "Còn phải đáp ứng các điều kiện khác trong lời trích.",
            sum=sum_,
            needed=needed,
        )
    return say(
        "<b>Chưa đủ:</b> {sum}, cần từ {needed} trở lên, còn thiếu {missing}.",
        sum=sum_,
        needed=needed,
        missing=_span(say, verdict.needed - verdict.months),
    )


def _preference(say: Translator, verdict: Tenure, sum_: Markup, needed: Markup) -> Markup:
    if verdict.outcome == "met":
        return say("<b>Thuộc diện ưu tiên:</b> {sum}, mức ưu tiên là từ {needed} trở lên.", sum=sum_, needed=needed)
    return say("<b>Chưa thuộc diện ưu tiên:</b> {sum}, mức ưu tiên là từ {needed} trở lên.", sum=sum_, needed=needed)


def _threshold(say: Translator, verdict: Threshold) -> Markup:
    share, row = verdict.share, verdict.quantity
    sum_ = Markup("{}%").format(number(share.percent, say.language))
    if share.part is not None:
        sum_ = say("{part}/{total} = {percent}", part=share.part, total=share.total, percent=sum_)
    values = {"sum": sum_, "raw": row.raw, "scope": row.scope}
    if verdict.outcome == "open":
        text = _beside(say, share.percent - row.value, values) + _missing(say, verdict)
    elif verdict.outcome == "met":
        text = say("<b>Đạt phần này:</b> {sum}, yêu cầu {raw} ({scope}).", **values)
    else:
        text = say("<b>Chưa đạt:</b> {sum}, yêu cầu {raw} ({scope}).", **values) + _missing(say, verdict)
    return text if verdict.outcome == "not_met" else text + _others(say, verdict.others)


def _missing(say: Translator, verdict: Threshold) -> Markup:
    """How far a share stays below what the text writes, in percentage points."""
    gap = verdict.quantity.value - verdict.share.percent
    return say(" Còn thiếu {gap} điểm phần trăm.", gap=number(gap, say.language)) if gap >= NEAR else Markup("")


def _beside(say: Translator, difference: float, values: Mapping[str, object]) -> Markup:
    """Where a share stands beside a bare number of the text, which gives no comparison."""
    if abs(difference) < NEAR:
        return say("{sum}, bằng mức văn bản ghi: {raw} ({scope}). Văn bản không ghi rõ mức nào là đạt.", **values)
    if difference > 0:
        return say("{sum}, cao hơn mức văn bản ghi: {raw} ({scope}). Văn bản không ghi rõ mức nào là đạt.", **values)
    return say("<b>Chưa tới mức văn bản ghi:</b> {sum}, thấp hơn {raw} ({scope}).", **values)


def _others(say: Translator, others: tuple[Quantity, ...]) -> Markup:
    if not others:
        return Markup("")
    named = "; ".join(f"{other.scope}: {other.raw}" for other in others)
    return say(" Phần khác của tiêu chí chưa có số liệu nên chưa kết luận: {others}.", others=named)


def _count(say: Translator, verdict: Count) -> Markup:
    row = verdict.quantity
    what = f"{row.key}: {row.raw}" if row.key else f"{row.scope}: {row.raw}"
    count, needed = number(verdict.count, say.language), number(row.value, say.language)
    gap = number(abs(verdict.missing), say.language)
    if not row.value:
        return say("<b>Theo lời văn bản thì chưa đạt phần này:</b> “{raw}”.", raw=row.raw)
    if verdict.outcome == "open":
        return say("Văn bản ghi {what}.", what=what)
    if verdict.outcome == "met" and row.comparator in ("<", "<="):
        return say("<b>Chưa vượt:</b> {count}, còn được thêm {missing} ({what}).", count=count, missing=gap, what=what)
    if verdict.outcome == "met":
        return say("<b>Đủ:</b> {count}, văn bản ghi {what}.", count=count, what=what)
    if verdict.missing > 0 and row.comparator in ("=", ">=", ">", "range"):
        return say(
            "<b>Chưa đủ, còn thiếu {missing}:</b> {count} so với {needed} ({what}).",
            missing=gap,
            count=count,
            needed=needed,
            what=what,
        )
    return say("<b>Vượt {over}:</b> {count} so với {needed} ({what}).", over=gap, count=count, needed=needed, what=what)


def _lateness(say: Translator, verdict: Lateness) -> Markup:
    deadline, last = verdict.deadline, day(verdict.last)
    on = day(verdict.on)
    head = say("{what}: <b>{raw}</b>. ", what=deadline.what[:1].upper() + deadline.what[1:], raw=deadline.raw)
    if verdict.days > 0:
        return head + say(
            "Ngày {on} vẫn kịp: ngày cuối an toàn là {last}, còn {days} ngày.", on=on, last=last, days=verdict.days
        )
    if verdict.days == 0:
        return head + say("Ngày {on} vẫn kịp: đây là ngày cuối an toàn.", on=on)
    text = head + say(
        "Ngày {on} là đã qua {days} ngày (ngày cuối an toàn là {last}).", on=on, days=-verdict.days, last=last
    )
    if verdict.following:
        seen = Due("passed", verdict.last, verdict.days, verdict.following)
        text += say(" Lần tới: {next}.", next=next_time(say, deadline, seen))
    return text


def _percent(say: Translator, value: float) -> str:
    return number(value, say.language) + "%"


def _change(say: Translator, verdict: Change) -> Markup:
    before, after, change = verdict.before.percent, verdict.after.percent, verdict.change
    high, low = max(before, after), min(before, after)
    sum_ = f"{_percent(say, high)} − {_percent(say, low)} = {_percent(say, abs(change))}"
    if verdict.outcome == "met":
        return say("<b>Đạt:</b> {sum}, văn bản ghi {raw}.", sum=sum_, raw=verdict.quantity.raw)
    return say("<b>Chưa đạt:</b> {sum}, văn bản ghi {raw}.", sum=sum_, raw=verdict.quantity.raw)


def _total(say: Translator, verdict: Total) -> Markup:
    products = " + ".join(_product(say, count, row) for count, row in verdict.parts)
    total = f"{products} = {number(verdict.total, say.language)}"
    rows = "; ".join(f"{row.key or row.scope}: {row.raw}" for _, row in verdict.parts)
    return say("<b>Cộng lại: {sum} {unit}</b> ({rows}).", sum=total, unit=verdict.parts[0][1].unit, rows=rows)


def _least(say: Translator, verdict: Least) -> Markup:
    row = verdict.quantity
    sum_ = f"{number(row.value, say.language)}% × {verdict.total} = {number(verdict.exact, say.language)}"
    return say("<b>Ít nhất {count}</b>: {sum}, văn bản ghi {raw}.", count=verdict.count, sum=sum_, raw=row.raw)


def _product(say: Translator, count: int, row: Quantity) -> str:
    value = number(row.value, say.language)
    return f"{count} × {value}" if row.per else value


def _projection(say: Translator, verdict: Projection) -> Markup:
    def percent(value: float) -> str:
        return _percent(say, value)

    sign = "−" if verdict.rate < 0 else "+"
    times = f" × {verdict.years}" if verdict.years > 1 else ""
    sum_ = f"{percent(verdict.share.percent)} {sign} {percent(abs(verdict.rate))}{times} = {percent(verdict.result)}"
    return say(
        "Tính theo mức văn bản ghi ({raw}): <b>{sum}</b>. Đây là phép tính, không phải số liệu thực tế.",
        raw=verdict.quantity.raw,
        sum=sum_,
    )
