"""Who meets the conditions of an award, in words: the condition, the arithmetic, and whether it is met."""

from collections.abc import Mapping
from datetime import date

from markupsafe import Markup

from handlers.translation import Translator
from handlers.wording import day


def award_text(say: Translator, name: str, numbers: Mapping[str, object]) -> Markup:
    """One condition of the long-service award for one person."""
    reason, outcome = str(numbers.get("reason")), str(numbers.get("outcome"))
    if reason == "tenure":
        return _tenure(say, name, numbers, outcome)
    if reason == "periods":
        return say("{name}: chưa đọc ra thời gian “{given}”", name=name, given=numbers.get("given", ""))
    if reason == "until_now":
        return say("{name}: truy tặng mà thời gian giữ chức vụ ghi đến nay, xem lại giúp tôi", name=name)
    if outcome == "met":
        return Markup("")
    return {
        "office": say("{name}: chức vụ này không thuộc diện xét", name=name),
        "dismissed": say("{name}: bị bãi nhiệm thì không xét", name=name),
        "discipline": say("{name}: đang bị hoặc đang bị xem xét kỷ luật thì không xét", name=name),
        "law": say("{name}: vi phạm pháp luật thì không xét", name=name),
        "once": say("{name}: mỗi người chỉ được tặng một lần, người này đã được tặng", name=name),
    }.get(reason, say("{name}: chưa đủ điều kiện", name=name))


def _tenure(say: Translator, name: str, numbers: Mapping[str, object], outcome: str) -> Markup:
    as_of = numbers.get("as_of")
    words = {
        "name": name,
        "served": years_and_months(say, _whole(numbers.get("months"))),
        "needed": years_and_months(say, _whole(numbers.get("needed"))),
        "day": day(as_of) if isinstance(as_of, date) else "",
    }
    if outcome == "met":
        return say("{name}: giữ chức vụ {served} tính đến {day}, cần đủ {needed}: đủ", **words)
    if outcome == "open":
        return say("{name}: giữ chức vụ {served} tính đến {day}, cần đủ {needed}: phải xem ngày cụ thể", **words)
    return say("{name}: giữ chức vụ {served} tính đến {day}, cần đủ {needed}: chưa đủ", **words)


def preferred_text(say: Translator, name: str, numbers: Mapping[str, object]) -> Markup:
    """Years of work that are preferred, not asked."""
    words = {"name": name, "years": numbers["years"], "wanted": _whole(numbers.get("preferred_months")) // 12}
    if numbers.get("preferred"):
        return say("{name}: {years} năm, thuộc diện ưu tiên (từ {wanted} năm)", **words)
    return say("{name}: {years} năm; {wanted} năm là mức ưu tiên, không phải điều kiện", **words)


def ceilings_text(say: Translator, numbers: Mapping[str, object]) -> Markup:
    """The most that a whole city may propose; it is nobody's own share."""
    pairs = numbers.get("ceilings")
    named = ", ".join(f"{who}: {count}" for who, count in pairs) if isinstance(pairs, tuple) else ""
    return say("Mức tối đa là của cả thành phố ({ceilings}), không chia cho từng phường", ceilings=named)


def years_and_months(say: Translator, months: int) -> Markup:
    """A number of months as people say it: "10 năm 2 tháng"."""
    years, rest = divmod(months, 12)
    if not years:
        return say("{months} tháng", months=rest)
    return say("{years} năm {months} tháng", years=years, months=rest) if rest else say("{years} năm", years=years)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
