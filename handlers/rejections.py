"""What is said to an answer that a field cannot take: what was wrong, and what to type."""

from markupsafe import Markup

from handlers.turn import Turn
from knowledge.bad_answers import BadAnswer
from knowledge.forms import Field

LONGEST_GIVEN = 60


def sentence(turn: Turn, field: Field, bad: BadAnswer) -> Markup:
    """The sentence for what was wrong."""
    say = turn.say
    given, least, most = bad.given[:LONGEST_GIVEN], _number(field.least), _number(field.greatest)
    sentences = {
        "empty": say("Tôi chưa thấy câu trả lời."),
        "not_a_number": say("“{given}” chưa phải là số. Gõ một số, ví dụ <b>12</b>.", given=given),
        "not_whole": say("Chỗ này cần số nguyên, ví dụ <b>12</b>."),
        "too_small": say("Số nhỏ nhất ghi được là {least}.", least=least),
        "too_large": say("Số lớn nhất ghi được là {most}.", most=most),
        "too_long": say("Dài quá. Anh/chị rút ngắn lại giúp tôi."),
        "no_option": say("“{given}” không có trong các lựa chọn. Bấm một nút bên dưới.", given=given),
        "several_options": say("“{given}” hợp với nhiều lựa chọn. Bấm một nút bên dưới.", given=given),
        "no_date": say("Tôi chưa đọc ra ngày. Gõ như <b>20/11/2026</b>."),
        "impossible_date": say("Ngày {given} không có thật. Anh/chị xem lại giúp tôi.", given=given),
        "which_year": say("Anh/chị ghi thêm năm giúp tôi, ví dụ <b>20/11/2026</b>."),
        "lunar": say("Đây là ngày âm lịch phải không? Xin gõ ngày dương lịch, ví dụ <b>20/11/2026</b>."),
        "reversed": say("Ngày bắt đầu đang sau ngày kết thúc. Gõ như <b>3/2012 - 5/2018</b>."),
        "part_over_whole": say("Số đầu lớn hơn tổng. Gõ như <b>45/60</b>: phần làm được trước, tổng số sau."),
        "zero_whole": say("Tổng số phải lớn hơn 0. Gõ như <b>45/60</b>."),
        "no_share": say("Chỗ này cần hai số để tôi chia giúp, ví dụ <b>45/60</b>."),
        "no_time": say("Tôi chưa đọc ra giờ. Gõ như <b>19h30</b>."),
        "no_phone": say("Số điện thoại chưa đúng. Gõ đủ 10 số, ví dụ <b>0912 345 678</b>."),
        "no_tick": say("Anh/chị trả lời <b>có</b> hoặc <b>không</b> giúp tôi."),
        "too_many": say("Chọn nhiều quá. Chỉ cần nhiều nhất {most}.", most=field.most),
        "has_digits": say("Tên người không có chữ số. Anh/chị gõ lại họ và tên giúp tôi."),
        "several_numbers": say("Có nhiều số trong câu này. Anh/chị gõ một số thôi giúp tôi."),
        "not_exact": say("Chỗ này cần số chính xác, không ghi hơn hay khoảng. Ví dụ <b>12</b>."),
        "negated": say("Câu này nói về phần chưa làm. Xin gõ phần đã làm trên tổng số, ví dụ <b>45/60</b>."),
        "percent_differs": say("Phần trăm anh/chị ghi không khớp với hai số. Chỉ cần gõ hai số, ví dụ <b>45/60</b>."),
        "several_dates": say("Có nhiều ngày trong câu này. Anh/chị gõ một ngày thôi giúp tôi."),
        "which_week": say("Tôi chưa rõ tuần nào. Xin gõ đủ ngày, ví dụ <b>20/11/2026</b>."),
        "weekday_differs": say("Thứ và ngày không khớp nhau ở “{given}”. Anh/chị xem lại giúp tôi.", given=given),
        "no_period": say(
            "Tôi chưa đọc ra thời gian từ đâu đến đâu. Gõ như <b>3/2012 - 5/2018</b> hoặc <b>3/2012 đến nay</b>."
        ),
        "no_end": say("Thiếu lúc kết thúc. Còn đang làm thì gõ như <b>3/2012 đến nay</b>."),
        "several_times": say("Có nhiều giờ trong câu này. Anh/chị gõ một giờ thôi giúp tôi."),
        "no_na": say("Câu này chỉ trả lời <b>có</b> hoặc <b>không</b>."),
        "which_tick": say("Tôi chưa chắc ý anh/chị. Xin bấm một nút bên dưới, hoặc gõ <b>có</b> hay <b>không</b>."),
        "several_phones": say("Có nhiều số điện thoại. Anh/chị gõ một số thôi giúp tôi."),
        "no_name": say("Anh/chị gõ họ và tên đầy đủ giúp tôi, ví dụ <b>Nguyễn Văn An</b>."),
    }
    unknown = say("Tôi chưa hiểu “{given}”. Anh/chị gõ lại giúp tôi.", given=given)
    return sentences.get(bad.problem, unknown)


def _number(value: float | None) -> str:
    if value is None:
        return "0"
    return str(int(value)) if value == int(value) else str(value).replace(".", ",")
