"""Number words before what they count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.talk import knowledge


@pytest.mark.parametrize(
    ("typed", "numbered"),
    [
        ("đăng ký được bảy công trình", "dang ky duoc 7 cong trinh"),
        ("tám mươi lăm phần trăm hộ", "85 phan tram ho"),
        ("ba năm nữa còn bao nhiêu", "3 nam nua con bao nhieu"),
        ("mới có năm mô hình", "moi co 5 mo hinh"),
        ("hai chục năm nay", "hai chuc nam nay"),
        # A year, a father, and a bird in flight count nothing.
        ("mỗi năm phường trình mấy hộ", "moi nam phuong trinh may ho"),
        ("bà nhà tôi bay về năm ngoái", "ba nha toi bay ve nam ngoai"),
        ("5 không là gì", "5 khong la gi"),
    ],
)
def test_number_words_that_count_something_have_digits(typed: str, numbered: str) -> None:
    assert knowledge().read(typed).numbered == numbered


WORDS = ("ba", "năm", "một", "trăm", "mươi", "lăm", "nghìn", "rưỡi", "hộ", "nhà", "phần", "%", "7")


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_anything_is_read(words: list[str]) -> None:
    reading = knowledge().read(" ".join(words))
    assert len(reading.numbered.split()) <= len(reading.folded.split())
