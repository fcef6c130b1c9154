"""What `bot.py doctor` says: a line for each thing that was looked at, with what to do about it."""

from collections.abc import Sequence
from datetime import date

from handlers.wording import day

GOOD, LOOK, BAD = "tốt", "lưu ý", "lỗi"
# Less free space than this fills up within a day of bad luck.
LEAST_BYTES = 500_000_000
# Telegram and browsers judge certificates and times by the clock; people judge days left.
MOST_SECONDS = 60.0

# Verdict, and the sentence.
Line = tuple[str, str]


def documents(number: int, entries: int, problems: int) -> Line:
    """The documents as `bot.py check` finds them."""
    if problems or not number:
        return BAD, f"văn bản: {number} đọc được, {problems} lỗi; chạy bot.py check để xem từng dòng"
    return GOOD, f"văn bản: {number} văn bản, {entries} mục"


def clock(today: date, stands_in: bool, ahead: float | None) -> Line:
    """The clock; `ahead`: seconds before that of a platform, where one said its time."""
    if ahead is not None and abs(ahead) > MOST_SECONDS:
        return BAD, f"đồng hồ: lệch {ahead:.0f} giây so với Telegram; bật tự động chỉnh giờ của máy"
    if stands_in:
        return LOOK, f"đồng hồ: bot nói như hôm nay là {day(today)} vì có BANPHO_NOW; bỏ đi khi dùng thật"
    return GOOD, f"đồng hồ: hôm nay là {day(today)} ở Việt Nam"


def holidays(unknown: Sequence[int]) -> Line:
    """The years whose days off should be known by now and are not."""
    if not unknown:
        return GOOD, "ngày nghỉ lễ, tết: đã có lịch nghỉ"
    years = ", ".join(map(str, unknown))
    return LOOK, f"ngày nghỉ lễ, tết: chưa có ngày nghỉ Tết năm {years}; ghi vào knowledge/calendar/holidays.toml"


def disk(place: str, free: int | None) -> Line:
    """Room where the database is kept; None where a server keeps it."""
    if free is None:
        return GOOD, f"ổ đĩa: {place} tự giữ dữ liệu"
    words = f"ổ đĩa: còn {free // 1_000_000} MB ở {place}"
    return (GOOD, words) if free >= LEAST_BYTES else (BAD, f"{words}; dọn bớt hoặc chuyển DATABASE_URL")


def database(place: str, counts: tuple[int, int, int] | None, reason: str) -> Line:
    """A database: messages that wait for an answer, that wait to be sent, that went wrong. None: it is not there."""
    if reason:
        return BAD, f"cơ sở dữ liệu: {place} không mở được ({reason})"
    if counts is None:
        return GOOD, f"cơ sở dữ liệu: {place} chưa có; bot.py run sẽ tạo"
    waiting, unsent, lost = counts
    words = f"cơ sở dữ liệu: {place} mở được, {waiting} tin chờ trả lời, {unsent} tin chờ gửi"
    return (LOOK, f"{words}, {lost} tin hỏng; xem nhật ký của bot") if lost else (GOOD, words)


def web(address: str, free: bool) -> Line:
    """The address of the web chat."""
    if free:
        return GOOD, f"trang web: {address} còn trống"
    return LOOK, f"trang web: {address} không mở được; nếu không phải bot đang chạy thì đổi WEB_HOST, WEB_PORT"


def telegram(trouble: str, name: str, webhook: str, wanted: str, pending: int) -> Line:
    """Telegram: the bot's name, empty where there is no token or no answer; `wanted`: the webhook of the settings."""
    if not name:
        return (BAD, f"Telegram: {trouble}") if trouble else (GOOD, "Telegram: không dùng (chưa có TELEGRAM_TOKEN)")
    words = f"Telegram: @{name}, {pending} tin đang chờ ở Telegram"
    if webhook != wanted:
        return LOOK, f"{words}; webhook là “{webhook}”, cần “{wanted}”: bot.py run sẽ đặt lại"
    if trouble:
        return LOOK, f"{words}; lỗi webhook gần nhất: {trouble}; kiểm tra PUBLIC_URL và chứng chỉ"
    return GOOD, words
