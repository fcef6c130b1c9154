"""Slips that were found once, each with its smallest example."""

from datetime import date
from pathlib import Path

import pytest

from handlers.answers import ROOM
from handlers.quoting import excerpt
from knowledge.checking import check_library
from knowledge.figures import shares_in
from knowledge.lexicon import load_lexicon
from knowledge.loading import load_library
from knowledge.reckoning import verdict_on
from knowledge.stretches import terms_in
from knowledge.verdicts import Tenure
from tests.talk import TODAY, knowledge
from tests.test_answers import plain, walk
from tests.test_checking import GOOD, folder, problems_of
from tests.test_understanding import ASKED, found, reply

LONG_SERVICE = "kh71-nien-han-tieu-chuan"


def tenure(question: str) -> Tenure:
    verdict = verdict_on(knowledge().library.entries[LONG_SERVICE], knowledge().read(question), TODAY)
    assert isinstance(verdict, Tenure), verdict
    return verdict


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("muoi hai nam", [144]),
        ("hai muoi nam", [240]),
        ("tu thang 3 nam 2012 den thang 5 nam 2020", [98]),
        ("dung 10 nam", [120]),
    ],
)
def test_years_in_words_and_months_of_years(text: str, months: list[int]) -> None:
    assert [term.months for term in terms_in(text, TODAY)] == months


def test_exactly_ten_years_are_enough() -> None:
    assert tenure("làm tổ trưởng đúng 10 năm").outcome == "met"


@pytest.mark.parametrize("question", ["12 năm chưa bao giờ bị bãi nhiệm", "12 năm, chưa một lần nào bị kỷ luật"])
def test_a_negation_some_words_before(question: str) -> None:
    assert tenure(question).outcome == "met"


@pytest.mark.parametrize("question", ["deputy head for 12 years", "không phải tổ trưởng, làm tổ phó 11 năm"])
def test_another_office_decides_nothing(question: str) -> None:
    assert tenure(question).outcome == "open"


def test_a_day_with_a_word_behind_it_is_no_share() -> None:
    assert shares_in("ngay 2/10 nop") == ()


@pytest.mark.parametrize("text", ["con vịt", "tôi tên phùng"])
def test_a_legal_syllable_is_never_changed(text: str) -> None:
    assert [word.toned for word in knowledge().read(text).words] == text.split()


def test_keystrokes_of_to_are_no_number_of_a_unit() -> None:
    assert [word.folded for word in knowledge().read("to63 da6n pho61").words] == ["to", "dan", "pho"]


@pytest.mark.parametrize("text", ["tieuchi4.5", "tc4.5", "tieu chi4.5 la gi"])
def test_a_criterion_number_glued_to_its_word(text: str) -> None:
    assert {entry.number for entry in found(text).entries} == {"4.5"}


@pytest.mark.parametrize("text", ["nộp hồ sơ ở đâu", "gửi hồ sơ ở đâu"])
def test_where_with_an_object_in_between(text: str) -> None:
    assert knowledge().read(text).asks("where")


@pytest.mark.slow
def test_what_is_asked_back_has_at_least_two_choices() -> None:
    findings = {text: found(text) for text in (*ASKED, "cần giấy tờ gì", "CAICO")}
    assert [text for text, f in findings.items() if f.kind == "clarify" and len(f.options) < 2] == []


def test_a_new_question_after_an_unanswered_one_stands_alone() -> None:
    focus = found("hạn chót khi nào?").focus
    assert found("5 không là gì", focus=focus).kind == "clarify"


@pytest.mark.slow
def test_no_answer_is_longer_than_its_room() -> None:
    found = [(where, len(answer.text.striptags())) for where, _, answer in (*walk("vi"), *walk("en"))]
    assert [(where, length) for where, length in found if length > ROOM] == []


def test_an_excerpt_fits_its_room() -> None:
    quote = knowledge().library.entries["tanphong-gap-kh-255"].quote
    asked = knowledge().library.entries["tanphong-gap-kh-255"].questions[0]
    assert len(excerpt(quote, knowledge().read(asked), 80)[0]) <= 80


def test_the_check_finds_nothing_in_the_documents() -> None:
    library, problems = load_library()
    assert [str(problem) for problem in (*problems, *check_library(library, load_lexicon()))] == []


@pytest.mark.parametrize(
    "text",
    [
        GOOD.split("[[entries]]")[0] + "entries = [1]\n",
        GOOD.split("[[entries]]")[0] + 'entries = "x"\n',
        GOOD.replace('period = { raw = "năm 2021", start = 2021-01-01, end = 2021-12-31 }', 'period = "năm 2021"'),
    ],
)
def test_a_wrong_shape_never_stops_the_others(text: str, tmp_path: Path) -> None:
    library, problems = load_library((folder(tmp_path, ba=text.replace('"mot"', '"ba"'), mot=GOOD),))
    assert list(library.documents) == ["mot"]
    assert [problem.file for problem in problems] == ["ba.toml"]


def test_an_id_that_two_documents_use(tmp_path: Path) -> None:
    found = problems_of(folder(tmp_path, mot=GOOD, hai=GOOD.replace('id = "mot"', 'id = "hai"', 1)))
    assert any("mot-han" in str(problem) for problem in found)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("year = 2021, month", "year = -1, month"),
        ("year = 2021, month", "year = 999999, month"),
        ('issued = { raw = "năm 2021", year = 2021 }', 'issued = { raw = "x", year = 2021, month = 2, day = 30 }'),
        ('id = "mot-han"', 'id = ""'),
        ('id = "mot-han"', f'id = "{"x" * 80}"'),
        ("value = 2,", "value = nan,"),
    ],
)
def test_values_that_would_stop_an_answer_are_named(right: str, wrong: str, tmp_path: Path) -> None:
    assert problems_of(folder(tmp_path, mot=GOOD.replace(right, wrong, 1)))


def test_a_story_asks_for_the_award_not_for_a_result() -> None:
    story = (
        "Chào anh, hôm bữa họp tổ ở Đà Nẵng bà con bàn hoài chuyện khen thưởng, bác tổ trưởng tổ tôi làm từ hồi 2010 "
        "tới giờ, tính ra cũng lâu lắm rồi, năm ngoái bác bệnh phải nghỉ mấy tháng, năm nay bác làm lại, bà con thương "
        "bác nên muốn hỏi là bác có được bằng khen niên hạn của thành phố không"
    )
    assert found(story, date(2024, 5, 1)).kind == "answer"


@pytest.mark.parametrize("text", ["what is 5 không in Quận 3"])
def test_english_about_what_the_documents_say(text: str) -> None:
    finding = found(text)
    assert finding.kind == "answer", plain(reply(finding))


@pytest.mark.parametrize("text", ["cho hoi xiu", "cho em hỏi chút ạ"])
def test_who_only_says_that_they_will_ask_is_greeted(text: str) -> None:
    assert found(text).kind == "none"
    assert "Chào anh/chị" in plain(reply(found(text)))
