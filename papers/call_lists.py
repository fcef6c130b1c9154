"""Whom an announcement did not reach, by unit, as a table for spreadsheets: to be called or visited."""

import csv
import io
from collections.abc import Mapping, Sequence

from conversation import PaperFile
from papers.extracts import CSV_TYPE, harmless
from papers.paper import NoPaper, clean, slug
from storage.announcements import CHANNEL_OFF, FORGOTTEN, NO_ADDRESS, NOT_SEEN, Announcement, Missing

_HEADINGS = ("Đơn vị", "Tên", "Kênh", "Tình trạng", "Lý do", "Mã người")
_STATES = {
    "failed": "không gửi được",
    "unknown": "không rõ đã tới",
    "unreached": "không có nơi nhận",
    "queued": "chưa gửi thì dừng",
    "offered": "chưa mở trang web",
}
_CHANNELS = {"telegram": "Telegram", "zalo": "Zalo", "web": "trang web", "terminal": "cửa sổ dòng lệnh"}
_REASONS = {
    NO_ADDRESS: "chưa nối ứng dụng nào",
    NOT_SEEN: "lâu không mở trang web",
    CHANNEL_OFF: "kênh đang tắt",
    FORGOTTEN: "đã xóa dữ liệu",
}
# Of the platforms' own words these parts tell what whoever calls has to know.
_TOLD = (
    ("blocked", "đã chặn Bạn Phố"),
    ("deactivated", "tài khoản không còn"),
    ("not found", "không thấy cuộc trò chuyện"),
)


def call_list(told: Announcement, missing: Sequence[Missing], units: Mapping[str, str]) -> PaperFile:
    """CSV as in RFC 4180 in the order of the units; `units`: names by code. Raises `NoPaper`."""
    if not missing:
        raise NoPaper("Không còn ai chưa nhận thông báo này nên không có danh sách.")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_HEADINGS)
    for one in missing:
        unit = units.get(one.unit, one.unit) or "chưa chọn tổ"
        channel, state = _CHANNELS.get(one.channel, one.channel), _STATES.get(one.state, one.state)
        row = (unit, one.name, channel, state, _reason(one.reason), one.person)
        writer.writerow([harmless(clean(cell)) for cell in row])
    return PaperFile(f"chua-nhan_{slug(told.code)}.csv", CSV_TYPE, text.getvalue().encode("utf-8-sig", "replace"))


def _reason(reason: str) -> str:
    """Why, in words of the office; what no one has seen before stays as the platform said it."""
    lower = reason.casefold()
    return _REASONS.get(reason) or next((words for part, words in _TOLD if part in lower), reason)
