"""The votes of a meeting in words: numbers first, "đạt" only where the ward entered the ratio and its source."""

from collections.abc import Mapping
from fractions import Fraction

from markupsafe import Markup

from handlers.translation import Translator
from knowledge.shares import percent_shown


def vote_text(say: Translator, name: str, numbers: Mapping[str, object]) -> Markup:
    """One finding of `knowledge.vote_checks` as a sentence."""
    if numbers.get("reason") == "present_over_households":
        return say(
            "Số hộ dự họp ({present}) lớn hơn tổng số hộ ({households}). Xem lại giúp tôi nhé.",
            present=numbers["present"],
            households=numbers["households"],
        )
    if numbers.get("reason") == "over_households":
        words = {"name": name, "sum": numbers["sum"], "households": numbers["households"]}
        return say("“{name}”: cộng lại {sum} phiếu, nhiều hơn tổng số {households} hộ.", **words)
    if numbers.get("reason") == "over_present":
        words = {"name": name, "sum": numbers["sum"], "present": numbers["present"]}
        return say("“{name}”: cộng lại {sum} phiếu, nhiều hơn {present} hộ dự họp.", **words)
    return _result(say, name, numbers)


def _result(say: Translator, name: str, numbers: Mapping[str, object]) -> Markup:
    share = numbers.get("share")
    if not isinstance(share, Fraction):
        return say("“{name}”: {votes} hộ tán thành; chưa có tổng số hộ để so.", name=name, votes=numbers["for"])
    words = {
        "name": name,
        "votes": numbers["for"],
        "households": numbers["households"],
        "percent": percent_shown(100 * share),
    }
    said = say("“{name}”: {votes}/{households} hộ tán thành ({percent} % tổng số hộ).", **words)
    if numbers.get("passed") is None:
        return said
    verdict = say("Đạt") if numbers["passed"] else say("Chưa đạt")
    return said + say(" {verdict} theo {source}.", verdict=verdict, source=numbers["ratio_source"])
