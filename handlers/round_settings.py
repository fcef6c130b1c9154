"""What staff enter beside a round: the passing ratio with its legal source, the day on which service is counted."""

from collections.abc import Iterator
from datetime import date

from markupsafe import Markup

from conversation import Choice
from handlers.round_texts import form_of
from handlers.translation import Translator
from handlers.turn import Turn, value
from handlers.wording import day
from knowledge.ratios import Ratio, kept_ratio, typed_ratio
from storage.registry import Round

RATIO, SOURCE, AS_OF = "ratio", "ratio_source", "as_of"
LONGEST_SOURCE = 200
SHORTEST_SOURCE = 8
# Ratios that laws on meetings know; which one holds for a matter the ward says, with its source.
OFFERED = (">1/2", ">=2/3")


def settings_lines(turn: Turn, round: Round) -> Iterator[Markup]:
    """What was entered, or what is missing for the form's checks."""
    say = turn.say
    checks = form_of(turn, round.version).checks
    if "votes" in checks:
        ratio = kept_ratio(round.settings.get(RATIO, ""))
        if ratio:
            words, source = ratio_words(say, ratio), round.settings.get(SOURCE, "")
            yield say("Tỷ lệ thông qua: {ratio} tổng số hộ, theo {source}.", ratio=words, source=source)
        else:
            yield say("Tỷ lệ thông qua: chưa ghi, nên biên bản chỉ nêu số phiếu, không ghi đạt hay không đạt.")
    if "long_service" in checks:
        as_of = round.settings.get(AS_OF, "")
        if as_of:
            yield say("Thâm niên tính đến ngày {day}.", day=day(date.fromisoformat(as_of)))
        else:
            yield say("Ngày tính thâm niên: chưa ghi.")


def ratio_words(say: Translator, ratio: Ratio) -> Markup:
    """A ratio as laws write it: "trên 1/2", "từ 2/3 trở lên"."""
    share = f"{ratio.share.numerator}/{ratio.share.denominator}"
    return say("trên {share}", share=share) if ratio.comparator == ">" else say("từ {share} trở lên", share=share)


def ratio_question(turn: Turn) -> Markup:
    """Which ratio."""
    return turn.say(
        "Việc được thông qua khi bao nhiêu hộ tán thành, tính trên <b>tổng số hộ</b> của tổ? "
        "Gõ như <b>trên 50%</b> hoặc <b>từ 2/3 trở lên</b>. Câu sau tôi hỏi căn cứ pháp lý."
    )


def ratio_choices(turn: Turn, flow: str) -> list[Choice]:
    """The two usual ones."""
    return [
        Choice(str(ratio_words(turn.say, ratio)), value(flow, RATIO, kept))
        for kept in OFFERED
        if (ratio := kept_ratio(kept))
    ]


def ratio_read(turn: Turn, text: str) -> Ratio | Markup:
    """A typed ratio, or what is wrong with it."""
    found = typed_ratio(text) if len(text) <= 60 else None
    return found or turn.say("Tôi chưa rõ tỷ lệ. Gõ như <b>trên 50%</b> hoặc <b>từ 2/3 trở lên</b>.")


def source_question(turn: Turn, ratio: Ratio) -> Markup:
    """Where the ratio stands: without it the bot does not apply it."""
    return turn.say(
        "Tỷ lệ <b>{ratio}</b> theo điều, khoản nào của văn bản nào? Gõ như <b>Điều 4 Nghị định 59/2023/NĐ-CP</b>. "
        "Không có căn cứ thì tôi không áp dụng tỷ lệ.",
        ratio=ratio_words(turn.say, ratio),
    )


def source_read(turn: Turn, text: str) -> str | Markup:
    """The legal source as typed, or what is wrong with it: a source names its number or its article."""
    source = " ".join(text.split())
    if len(source) > LONGEST_SOURCE:
        return turn.say("Dài quá. Anh/chị chỉ ghi điều, khoản và số văn bản giúp tôi.")
    if len(source) < SHORTEST_SOURCE or not any(letter.isdigit() for letter in source):
        return turn.say("Căn cứ cần có số điều hoặc số văn bản, ví dụ <b>Điều 4 Nghị định 59/2023/NĐ-CP</b>.")
    return source
