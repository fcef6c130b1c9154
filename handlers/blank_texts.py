"""What is said about a filled-in blank: what could not be used of it, where it stands, and what to do."""

from collections.abc import Sequence

from markupsafe import Markup

from handlers.rejections import sentence
from handlers.turn import Turn
from knowledge.bad_cells import BadCell, CellProblem

# More places than this are only counted.
MOST_SHOWN = 5
# Problems of the whole file: nothing of it is used.
WHOLE: frozenset[CellProblem] = frozenset(
    {
        *("too_large", "not_xlsx", "old_or_locked", "macros", "too_much"),
        *("not_a_blank", "other_form", "other_version", "other_unit"),
    }
)


def refusal(turn: Turn, bad: Sequence[BadCell]) -> Markup | None:
    """Why nothing of a file is used; None where something is."""
    say = turn.say
    found = next((one for one in bad if one.problem in WHOLE or (one.problem == "changed")), None)
    if found is None:
        return None
    words = {
        "too_large": say("Tệp này lớn quá, không giống mẫu của phường."),
        "not_xlsx": say("Tệp này không mở được. Anh/chị lưu lại dạng .xlsx rồi gửi lại."),
        "old_or_locked": say("Tệp này là dạng cũ hoặc có mật khẩu. Anh/chị bỏ mật khẩu, lưu dạng .xlsx rồi gửi lại."),
        "macros": say("Tệp này có macro nên tôi không nhận. Anh/chị điền vào mẫu của phường rồi gửi lại."),
        "too_much": say("Tệp này có nhiều trang, dòng hơn mẫu của phường. Anh/chị lấy lại mẫu rồi điền."),
        "other_form": say("Tệp này là mẫu của biểu khác. Anh/chị xem lại tệp, hoặc đổi đợt."),
        "other_version": say("Mẫu này là bản cũ của biểu. Anh/chị lấy mẫu mới rồi chép sang."),
        "other_unit": say("Mẫu này là của đơn vị hoặc đợt khác. Anh/chị xem lại tệp, hoặc đổi đơn vị."),
        "changed": say("Trong tệp có dòng, cột bị thêm, bớt hoặc đổi chỗ. Anh/chị lấy lại mẫu rồi điền."),
    }
    return words.get(found.problem, say("Tệp này không phải mẫu của phường. Bấm <b>Lấy mẫu Excel</b> để lấy mẫu."))


def cell_lines(turn: Turn, bad: Sequence[BadCell]) -> list[Markup]:
    """The places that were left out, a line each; of many only the first."""
    lines = [_cell(turn, one) for one in bad[:MOST_SHOWN]]
    more = len(bad) - len(lines)
    return [*lines, turn.say("và {count} ô nữa", count=more)] if more > 0 else lines


def _cell(turn: Turn, one: BadCell) -> Markup:
    say = turn.say
    if one.bad and one.field:
        return say("▪ Ô {cell}: {problem}", cell=one.cell, problem=sentence(turn, one.field, one.bad))
    words = {
        "formula": say("có công thức, tôi chỉ đọc số và chữ."),
        "outside": say("có chữ ở chỗ không hỏi: “{given}”.", given=one.given),
        "half_a_share": say("cần đủ hai số: số đạt và tổng số."),
    }
    unknown = say("tôi chưa đọc được.")
    return say("▪ Ô {cell}: {problem}", cell=one.cell, problem=words.get(one.problem, unknown))
