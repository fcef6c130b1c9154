"""What loudspeakers say of an announcement: what is no day and no quantity, abbreviations, from one hour to another."""

from pathlib import Path

import pytest

from knowledge.aloud import aloud, read_words
from knowledge.short_messages import sms_parts


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Ngày 30/4 nghỉ.", "Ngày ba mươi tháng tư nghỉ."),
        ("Tháng 4", "Tháng tư"),
        ("tại số nhà 12/5 đường 30/4", "tại số nhà mười hai trên năm đường ba mươi tháng tư"),
        ("hẻm 7/11", "hẻm bảy trên mười một"),
        ("Gọi 1900 545 454", "Gọi một chín không không năm bốn năm bốn năm bốn"),
        ("gọi 113", "gọi một một ba"),
        ("ĐT: 0912.345.678", "Điện thoại: không chín một hai ba bốn năm sáu bảy tám"),
        ("(024) 3825 1234", "không hai bốn ba tám hai năm một hai ba bốn"),
        ("100.000 đồng/hộ", "Một trăm nghìn đồng một hộ"),
        ("đóng 50.000đ/người", "đóng năm mươi nghìn đồng một người"),
        ("8h-11h30", "Tám giờ đến mười một giờ ba mươi phút"),
        ("từ 7:30 - 9:00", "từ bảy giờ ba mươi phút đến chín giờ"),
        ("ngày 5-7/12", "ngày mồng năm đến ngày mồng bảy tháng mười hai"),
        ("28/11-2/12", "Ngày hai mươi tám tháng mười một đến ngày mồng hai tháng mười hai"),
        ("quý IV/2026", "quý tư năm hai nghìn không trăm hai mươi sáu"),
        ("Kế hoạch 71/KH-UBND", "Kế hoạch bảy mươi mốt gạch KH Ủy ban nhân dân"),
        ("Nghị quyết 12/2025/NQ", "Nghị quyết mười hai năm hai nghìn không trăm hai mươi lăm gạch NQ"),
        ("3,5 km, 20m2, 38°C", "Ba phẩy năm ki-lô-mét, hai mươi mét vuông, ba mươi tám độ C"),
        ("1. Bầu tổ trưởng", "Một. Bầu tổ trưởng"),
        ("UBND phường, TDP 5", "Ủy ban nhân dân phường, tổ dân phố năm"),
    ],
)
def test_what_is_written_short_is_said_in_full(written: str, said: str) -> None:
    assert aloud(written) == said


def test_a_table_of_words_with_a_mistake_is_told_and_used_by_nobody(tmp_path: Path) -> None:
    file = tmp_path / "aloud.toml"
    for wrong in ("[words]\nĐT = 'điện thoại'", "[word]\nA = 'b'", "[words]\nA = 5", "words = 'A'"):
        file.write_text(wrong, encoding="utf-8")
        words, problems = read_words(file)
        assert not words
        assert [problem.file for problem in problems] == ["aloud.toml"]
    assert read_words()[1] == []


def test_a_telephone_number_stays_in_one_message() -> None:
    parts = sms_parts("Mất điện. " * 14 + "Gọi 1900 545 454 nhé, " + "bà con chú ý. " * 5)
    assert any("1900 545 454" in part for part in parts)
    # Digits alone are cut where there is room.
    assert all(len(part) <= 160 for part in sms_parts("12 " * 200))
