"""One announcement in four media: no digits over loudspeakers, SMS in their alphabet, a sheet that opens."""

import contextlib
import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from PIL import Image

from conversation import Reply
from handlers.typed_markup import marked_up
from knowledge.aloud import aloud, in_words
from knowledge.appointments import appointment_in
from knowledge.bad_answers import BadAnswer
from knowledge.short_messages import LONGEST, sms_parts, unmarked
from papers.call_lists import call_list
from papers.paper import NoPaper
from papers.poll_charts import poll_chart
from papers.posters import messages, script, sheet
from storage.announcements import NO_ADDRESS, NOT_SEEN, Announcement, Audience, Missing

NOW = datetime(2026, 11, 21, 9, 0)


def told(text: str) -> Announcement:
    body = Reply(Markup("<b>Thông báo của phường</b>\n\n") + marked_up(text))
    on = date(2026, 11, 21)
    return Announcement(
        "0a", "TB-7K3M9Q", "normal", "", body, Audience(on), "done", 1, "x", "", datetime(2026, 11, 21, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "không"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
        (1_000_005, "một triệu không trăm linh năm"),
        (50_000, "năm mươi nghìn"),
    ],
)
def test_numbers_are_said(number: int, said: str) -> None:
    assert in_words(number) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Họp ngày 25/11/2026.", "Họp ngày hai mươi lăm tháng mười một năm hai nghìn không trăm hai mươi sáu."),
        ("Trước 5/12", "Trước ngày mồng năm tháng mười hai"),
        ("Lúc 19h30, 7 giờ", "Lúc mười chín giờ ba mươi phút, bảy giờ"),
        ("Gọi 0912 345 678", "Gọi không chín một hai ba bốn năm sáu bảy tám"),
        ("Đóng 50.000đ", "Đóng năm mươi nghìn đồng"),
        ("Đạt 85,5 % của 45/60 hộ", "Đạt tám mươi lăm phẩy năm phần trăm của bốn mươi lăm trên sáu mươi hộ"),
        ("Tổ 1-5", "Tổ một đến năm"),
        ("tháng 11/2026", "tháng mười một năm hai nghìn không trăm hai mươi sáu"),
        ("Xem https://a.vn/12", "Xem"),
    ],
)
def test_a_text_is_read_out(written: str, said: str) -> None:
    assert aloud(written) == said


@given(st.text(max_size=300) | st.from_regex(r"[0-9/.,:hđ% -]{0,40}", fullmatch=True))
def test_nothing_in_digits_is_read_out(text: str) -> None:
    assert not any(sign.isdecimal() for sign in aloud(text))


@given(st.text(max_size=2000))
def test_sms_are_short_and_plain_and_lose_no_word(text: str) -> None:
    parts = sms_parts(text)
    assert all(0 < len(part) <= LONGEST and part.isascii() and part.isprintable() for part in parts)
    bare = parts if len(parts) < 2 else [part.partition(" ")[2] for part in parts]
    # A sign may end what was a line.
    assert "".join("".join(bare).split()).replace(".", "") == "".join(unmarked(text).split()).replace(".", "")


def test_sms_keep_capitals_and_are_numbered() -> None:
    assert sms_parts("Đề nghị Tổ 5 họp “đúng giờ”…") == ['De nghi To 5 hop "dung gio"...']
    assert sms_parts("Thông báo của phường\n\nMai họp.\nTổ 5") == ["Thong bao cua phuong. Mai hop. To 5"]
    several = sms_parts("Bà con chú ý " * 40)
    assert [part.split()[0] for part in several] == ["1/4", "2/4", "3/4", "4/4"]


@given(st.text(max_size=400) | st.lists(st.sampled_from(["<b>", "</b>", "<i>", "</i>", "<a>", "x", "<u"])).map("".join))
def test_what_staff_type_is_escaped_and_every_tag_is_closed(text: str) -> None:
    found = str(marked_up(text))
    for name in ("b", "i", "u", "s", "code", "blockquote", "a"):
        assert found.count(f"<{name}>") + found.count(f"<{name} ") == found.count(f"</{name}>")
    if "<" not in text and "&" not in text:
        assert found == str(Markup.escape(text))


def test_a_link_is_kept_and_a_script_is_not() -> None:
    assert marked_up('<a href="https://a.vn">x</a>') == Markup('<a href="https://a.vn">x</a>')
    assert marked_up('<a href="javascript:x">x</a>').startswith("&lt;a href")


def test_the_sheet_is_in_large_print() -> None:
    file = docx.Document(BytesIO(sheet(told("Mất <b>điện</b> & nước\nTừ 7 giờ"), "phường Tân Phong").content))
    text = [paragraph.text for paragraph in file.paragraphs]
    assert text[0] == "THÔNG BÁO CỦA PHƯỜNG"
    assert "Mất điện & nước" in text
    body = file.paragraphs[1].runs
    assert [run.text for run in body if run.bold] == ["điện"]
    assert all(run.font.size and run.font.size.pt >= 16 for run in body)
    assert "TB-7K3M9Q" in text[-1]


def test_script_and_messages_come_as_text() -> None:
    whole = script(told("Họp lúc 19h30")).content.decode("utf-8-sig")
    assert whole.count("mười chín giờ ba mươi phút") == 2
    assert messages(told("Họp lúc 19h30")).content.decode("utf-8-sig") == "Thong bao cua phuong. Hop luc 19h30\n"


def test_who_was_not_reached_is_a_table_by_unit() -> None:
    one = Missing("p1", "=HYPERLINK()", "tdp-05", "telegram", "failed", "blocked")
    file = call_list(told("x"), [one], {"tdp-05": "Tổ dân phố số 5"})
    rows = list(csv.reader(StringIO(file.content.decode("utf-8-sig"))))
    assert rows[1] == ["Tổ dân phố số 5", "'=HYPERLINK()", "Telegram", "không gửi được", "đã chặn Bạn Phố", "p1"]
    why = {
        "Forbidden: bot was blocked by the user": "đã chặn Bạn Phố",
        "Bad Request: chat not found": "không thấy cuộc trò chuyện",
        NOT_SEEN: "lâu không mở trang web",
        NO_ADDRESS: "chưa nối ứng dụng nào",
        "no mood": "no mood",
    }
    file = call_list(told("x"), [replace(one, reason=reason) for reason in why], {})
    assert [row[4] for row in list(csv.reader(StringIO(file.content.decode("utf-8-sig"))))[1:]] == list(why.values())
    with pytest.raises(NoPaper):
        call_list(told("x"), [], {})


@pytest.mark.parametrize("units", [1, 14])
def test_the_result_of_a_poll_is_a_picture(units: int) -> None:
    options = [r"Thứ bảy $\frac{$", "Chủ nhật, sau giờ cơm tối của mọi nhà trong tổ", *"abcdef"]
    counts = {(f"u{unit}", str(number)): unit + number for unit in range(units) for number in range(8)}
    file = poll_chart("TB-7K3M9Q", r"Họp ngày $\nào$? " * 20, options, counts, {"u0": "Tổ $5$"})
    with Image.open(BytesIO(file.content)) as picture:
        assert (picture.format, picture.width) == ("PNG", 1080)
        assert picture.height > picture.width / 2
    assert file.name.startswith("tham-do_")
    with pytest.raises(NoPaper):
        poll_chart("TB-7K3M9Q", "x", options, {}, {})


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("7 giờ sáng mai", "2026-11-22T07:00"),
        ("19:30 ngày 25/11", "2026-11-25T19:30"),
        ("chiều mai 2 giờ", "2026-11-22T14:00"),
        ("22 giờ đêm mai", "2026-11-22T22:00"),
        ("20h tối nay", "2026-11-21T20:00"),
        ("8h 01/01", "2027-01-01T08:00"),
        ("hôm qua 7 giờ", "2026-11-20T07:00"),
        ("7h thứ bảy tuần sau", "2026-11-28T07:00"),
    ],
)
def test_an_appointment_is_read(text: str, at: str) -> None:
    assert appointment_in(text, NOW) == datetime.fromisoformat(at)


@given(st.text(max_size=80) | st.from_regex(r"[0-9/:h. ]{0,20}(sáng|mai|ngày)?", fullmatch=True))
def test_any_text_is_an_appointment_or_none(text: str) -> None:
    with contextlib.suppress(BadAnswer):
        appointment_in(text, NOW)
