"""What is said to an answer that a field cannot take: what was wrong, and what to type."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from handlers.translation import Translator
from handlers.turn import Turn
from knowledge.field_values import BadAnswer
from knowledge.forms import Field

_SENTENCES: Mapping[str, Callable[[Translator, Field, str], Markup]] = {
    "empty": lambda say, field, given: say("Tôi chưa thấy câu trả lời."),
    "not_a_number": lambda say, field, given: say("“{given}” chưa phải là số. Gõ một số, ví dụ <b>12</b>.", given=given),
    "not_whole": lambda say, field, given: say("Chỗ này cần số nguyên, ví dụ <b>12</b>."),
    "too_small": lambda say, field, given: say("Số nhỏ nhất ghi được là {least}.", least=_number(field.least)),
    "too_large": lambda say, field, given: say("Số lớn nhất ghi được là {most}.", most=_number(field.greatest)),
    "too_long": lambda say, field, given: say("Dài quá. Anh/chị rút ngắn lại giúp tôi."),
    "no_option": lambda say, field, given: say("“{given}” không có trong các lựa chọn. Bấm một nút bên dưới.", given=given),
    "several_options": lambda say, field, given: say("“{given}” hợp với nhiều lựa chọn. Bấm một nút bên dưới.", given=given),
    "no_date": lambda say, field, given: say("Tôi chưa đọc ra ngày. Gõ như <b>20/11/2026</b>."),
    "impossible_date": lambda say, field, given: say("Ngày {given} không có thật. Anh/chị xem lại giúp tôi.", given=given),
    "which_year": lambda say, field, given: say("Anh/chị ghi thêm năm giúp tôi, ví dụ <b>20/11/2026</b>."),
    "lunar": lambda say, field, given: say("Đây là ngày âm lịch phải không? Xin gõ ngày dương lịch, ví dụ <b>20/11/2026</b>."),
    "reversed": lambda say, field, given: say("Ngày bắt đầu đang sau ngày kết thúc. Gõ như <b>3/2012 - 5/2018</b>."),
    "part_over_whole": lambda say, field, given: say("Số đầu lớn hơn tổng. Gõ như <b>45/60</b>: phần làm được trước, tổng số sau."),
    "zero_whole": lambda say, field, given: say("Tổng số phải lớn hơn 0. Gõ như <b>45/60</b>."),
    "no_share": lambda say, field, given: say("Chỗ này cần hai số để tôi chia giúp, ví dụ <b>45/60</b>."),
    "no_time": lambda say, field, given: say("Tôi chưa đọc ra giờ. Gõ như <b>19h30</b>."),
    "no_phone": lambda say, field, given: say("Số điện thoại chưa đúng. Gõ đủ 10 số, ví dụ <b>0912 345 678</b>."),
    "no_tick": lambda say, field, given: say("Anh/chị trả lời <b>có</b> hoặc <b>không</b> giúp tôi."),
    "too_many": lambda say, field, given: say("Chọn nhiều quá. Chỉ cần nhiều nhất {most}.", most=field.most),
    "has_digits": lambda say, field, given: say("Tên người không có chữ số. Anh/chị gõ lại họ và tên giúp tôi."),
}


def sentence(turn: Turn, field: Field, bad: BadAnswer) -> Markup:
    """The sentence for what was wrong."""
    known = _SENTENCES.get(bad.problem)
    if known is None:
        return turn.say("Tôi chưa hiểu “{given}”. Anh/chị gõ lại giúp tôi.", given=bad.given[:60])
    return known(turn.say, field, bad.given[:60])


def _number(value: float | None) -> str:
    if value is None:
        return "0"
    return str(int(value)) if value == int(value) else str(value).replace(".", ",")
