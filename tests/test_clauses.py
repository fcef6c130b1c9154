"""Messages that ask for two or three things: each of them is answered, with its own source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.talk import knowledge
from tests.test_understanding import found, reply


def clauses(text: str) -> list[str]:
    return [" ".join(word.folded for word in clause) for clause in knowledge().read(text).clauses]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("5 không quận 3 là gì, ai chịu trách nhiệm", ["5 khong quan 3 la gi", "ai chiu trach nhiem"]),
        ("ai ký kế hoạch 71 và ký ngày nào", ["ai ky ke hoach 71", "ky ngay nao"]),
        ("hạn đăng ký khi nào còn báo cáo thì sao", ["han dang ky khi nao", "con bao cao thi sao"]),
        ("tiêu chuẩn gia đình văn hóa với hạn đăng ký", ["tieu chuan gia dinh van hoa", "han dang ky"]),
    ],
)
def test_the_questions_of_a_message(text: str, parts: list[str]) -> None:
    assert clauses(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "hạn đăng ký là khi nào",
        # What leans on what stands before it, a thing that is called as one asks, and a place behind a mark.
        "gắn camera, thuộc lĩnh vực nào",
        "ký kế hoạch phối hợp với cơ quan nào",
        "Quận 3, hạn đăng ký khi nào",
    ],
)
def test_a_message_that_asks_once(text: str) -> None:
    assert clauses(text) == []


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("mô hình dân vận khéo đăng ký hạn nào, mỗi đơn vị mấy mô hình", ["kh48-dang-ky-mo-hinh", "kh48-chung-1b"]),
        ("hạn đăng ký công trình quận 3 và hạn báo cáo đà nẵng", ["kh41-han-dang-ky", "kh71-bao-cao"]),
        ("tan phong lam diem to nao, to do phai lam gi", ["tanphong-to-diem", "tanphong-to-chuc-to-5-16"]),
    ],
)
def test_each_question_is_answered(text: str, entries: list[str]) -> None:
    answer = reply(found(text))
    assert [entry.id for entry in answer.entries] == entries
    assert answer.text.count("Nguồn:") == len(entries)


def test_one_clause_that_holds_both_is_quoted_once() -> None:
    finding = found("ở Đà Nẵng hạn nộp báo cáo khi nào và nộp cho ai")
    assert [entry.id for entry in finding.entries] == ["kh71-bao-cao"]
    assert not finding.others


def test_a_choice_is_asked_for_the_first_of_two() -> None:
    finding = found("5 khong la gi va ai chiu trach nhiem vay")
    assert finding.kind == "clarify"
    assert {entry.document for entry in finding.options} >= {"kh41", "kh71"}


def test_numbers_are_reckoned_over_the_whole_message() -> None:
    finding = found("Đầu năm hộ nghèo 2,3%, cuối năm còn 1,9%. Theo kế hoạch 48 thì đạt không, chỉ tiêu là bao nhiêu?")
    assert finding.verdict is not None


@given(
    st.lists(
        st.sampled_from(["5 không là gì", "ai ký", "và", ",", "còn", "hạn nào", "?", "với", "quận 3"]), max_size=12
    )
)
def test_clauses_are_parts_of_the_message(words: list[str]) -> None:
    reading = knowledge().read(" ".join(words))
    assert len(reading.clauses) in (0, 2, 3)
    said = " ".join(word.folded for word in reading.words)
    assert all(" ".join(word.folded for word in clause) in said for clause in reading.clauses)


@pytest.mark.parametrize(
    "text",
    [
        "bo phan nao chu tri ve sinh moi truong, bo phan nao chu tri van hoa",
        "bang tan phong co may tieu chuan lon, tieu chuan 4 ten gi",
        "cho hỏi hạn đăng ký công trình q3 là ngày nào, gửi về đâu, theo mẫu nào",
    ],
)
def test_two_long_answers_find_room_in_one_reply(text: str) -> None:
    answer = reply(found(text))
    assert len(answer.text.striptags()) <= 1100
    assert answer.text.count("Nguồn:") == len(answer.entries) == 2


def test_what_one_of_two_papers_does_not_give_is_said() -> None:
    answer = reply(found("hạn đăng ký mô hình dân vận khéo và hạn báo cáo kế hoạch 48"))
    assert answer.kind == "answer"
    assert "30/02/2023" in answer.text
    assert "không nêu thời hạn" in answer.text
