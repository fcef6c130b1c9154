"""/lienhe: where people reach the ward. Also the person to ask wherever the bot cannot answer."""

import re
from collections.abc import Sequence

from markupsafe import Markup

from conversation import Reply
from handlers.commands import folded, menu_choice, wants
from handlers.translation import Translator
from handlers.turn import Turn, reply
from handlers.wording import day
from knowledge.units import Checked, Ward

# "Số điện thoại của phường", "giờ làm việc ủy ban", "ủy ban ở đâu".
_REACHING = re.compile(
    r"(?:(?:cho )?(?:(?:toi|em|con|chau|minh|tui|bac) )?(?:hoi|xin|xem|can) )?"
    r"(?:(?:so )?dien thoai|sdt|gio (?:lam viec|mo cua|tiep dan)|lich tiep dan|dia chi|tru so)"
    r"(?: cua| o)?(?: (?:ubnd|uy ban|uy ban nhan dan|van phong))?(?: phuong)?(?: (?:minh|ta|nha))?(?: o dau| may gio)?"
    r"|(?:ubnd|uy ban)(?: phuong)? (?:o dau|mo cua may gio|lam viec may gio|nam o dau)"
)


def handle(turn: Turn) -> Sequence[Reply] | None:
    """The whole card, with the day on which each value was checked."""
    asked = wants(turn, "lienhe", "lien he", "thong tin lien he", "lien he phuong", "contact", "contact the ward")
    if not asked and not _REACHING.fullmatch(folded(turn.text)):
        return None
    return reply(card(turn.say, turn.ward), menu_choice(turn))


def contact_lines(turn: Turn) -> Markup:
    """One short paragraph that names the person to ask."""
    return short_card(turn.say, turn.ward)


def short_card(say: Translator, ward: Ward) -> Markup:
    """One short paragraph that names the person to ask, for a ward."""
    if ward.fictitious:
        return say(
            "Cần người giải thích thêm, bà con hỏi UBND {ward}. Gõ liên hệ để xem nơi tiếp và giờ làm việc.",
            ward=ward.name,
        )
    return say(
        "Cần người giải thích thêm, bà con hỏi UBND {ward}: {address}; {phone}. Gõ <b>liên hệ</b> để xem giờ làm việc.",
        ward=ward.name,
        address=_text(say, ward.card.address),
        phone=_text(say, ward.card.phone),
    )


def card(say: Translator, ward: Ward) -> Markup:
    """All ways to reach a ward, and the national services."""
    values = ward.card
    lines = [say("<b>Liên hệ UBND {ward}</b>", ward=ward.name)]
    if ward.fictitious:
        lines.append(say("Đây là dữ liệu minh họa để chạy thử, không phải của phường nào."))
    lines += [
        _line(say, say("Nơi tiếp"), values.address),
        _line(say, say("Giờ làm việc"), values.hours),
        _line(say, say("Điện thoại"), values.phone),
        _line(say, say("Cổng Dịch vụ công quốc gia"), values.portal),
        _line(say, say("VNeID"), values.vneid),
    ]
    return Markup("\n").join(lines)


def _line(say: Translator, label: Markup, value: Checked) -> Markup:
    shown = Markup("{}").format(_text(say, value))
    if value.text.startswith("https://"):
        shown = Markup('<a href="{}">{}</a>').format(value.text, value.text)
    return say("{label}: {value} (kiểm tra ngày {day})", label=label, value=shown, day=day(value.checked))


def _text(say: Translator, value: Checked) -> str:
    return value.text_en if say.language == "en" and value.text_en else value.text
