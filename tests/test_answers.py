"""Every answer that the documents can give: short, with its source, in the documents' own words."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from handlers.answers import ROOM, Answer, compose, label
from handlers.asking import Asked, ask
from handlers.contact import short_card
from handlers.leads import with_items
from handlers.quoting import ELISION
from handlers.translation import Translator
from knowledge.checking import corrected_source
from knowledge.companions import MOST_NEAR
from knowledge.findings import Finding
from knowledge.folding import collapse
from knowledge.model import Entry
from tests.questions import QUESTIONS_DIR, load
from tests.talk import TODAY, demo_ward, knowledge

NEARBY = "Gần với câu hỏi còn có:"
QUOTED = re.compile(r"<blockquote>“(.*?)”</blockquote>", re.DOTALL)
TAGS = {"b", "i", "u", "s", "code", "blockquote", "a"}
# What people ask for with a word of its own; the others are said with the same lines.
FACETS = ("", *sorted(knowledge().lexicon.facets.keys() - {"none", "why", "check", "late", "define"}))
DUE = [entry.id for entry in knowledge().library.entries.values() if entry.deadlines]
ENGLISH_FACETS = ("", "when", "who")


def said(finding: Finding, language: str = "vi", today: date = TODAY) -> Answer:
    say = Translator(language)
    return compose(finding, knowledge().library, say, today, short_card(say, demo_ward()))


def asked(text: str, today: date = TODAY, unit: str = "", before: tuple[str, ...] = ()) -> Answer:
    return ask(Asked(text, today, unit, before), knowledge(), demo_ward())


def plain(answer: Answer) -> str:
    return " ".join(str(Markup(answer.text).striptags()).split())


@cache
def opened(language: str) -> dict[tuple[str, str], Answer]:
    """The answer for every entry in every field."""
    facets = FACETS if language == "vi" else ENGLISH_FACETS
    entries = knowledge().library.entries.values()
    return {(entry.id, facet): said(knowledge().open(entry, facet), language) for entry in entries for facet in facets}


def walk(language: str) -> Iterator[tuple[str, Entry, Answer]]:
    for (id, facet), answer in opened(language).items():
        yield f"{id} {facet}", knowledge().library.entries[id], answer


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.slow
def test_every_answer_names_paper_number_and_section(language: str) -> None:
    source, blank = {"vi": ("Nguồn:", "không ghi số"), "en": ("Source:", "without a number")}[language]
    for where, entry, answer in walk(language):
        text, document = plain(answer), knowledge().library.document_of(entry)
        line = text[text.index(source) :]
        assert (blank if document.number.startswith("/") else document.number) in line, where
        assert document.issuer in line, where
        assert collapse(entry.section) in collapse(line), where


@pytest.mark.slow
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_quoted_piece_stands_in_its_source(language: str) -> None:
    for where, entry, answer in walk(language):
        source = corrected_text(entry.document)
        for quote in QUOTED.findall(answer.text):
            for part in Markup(quote).unescape().split(ELISION):
                assert collapse(part) in source, f"{where}: {part}"


def test_what_may_be_meant_instead_is_quoted_too() -> None:
    cases = load(sorted(path.stem for path in QUESTIONS_DIR.glob("dev_*.toml")))[::3]
    answers = [asked(case.q, unit=case.unit, before=case.prev) for case in cases]
    near = [answer for answer in answers if NEARBY in answer.text]
    assert near
    for answer in near:
        source = corrected_text(answer.entries[0].document)
        lines = answer.text.partition(NEARBY)[2].strip().splitlines()
        assert 1 <= len(lines) <= MOST_NEAR, lines
        for line in lines:
            for part in Markup(line[line.index("): “") + 4 : -1]).unescape().split(ELISION):
                assert collapse(part) in source, line


def test_who_asks_twice_sees_both_clauses() -> None:
    text = plain(asked("Bảng đăng ký công trình Quận 3 phải có ai ký xác nhận, rồi gửi trước ngày nào?"))
    assert "cấp ủy/ thủ trưởng cơ quan" in text
    assert "10 tháng 6 năm 2021" in text


def test_a_heading_is_quoted_with_what_stands_under_it() -> None:
    entry = knowledge().library.entries["ducpho-khen-tdp"]
    assert "nhiều tuyến đường" not in entry.quote
    assert "Tổ dân phố có nhiều tuyến đường đạt chuẩn đô thị văn minh" in with_items(
        entry.quote, entry, knowledge().library
    )


@cache
def corrected_text(document: str) -> str:
    return corrected_source(knowledge().library.documents[document])


def test_a_clause_is_quoted_unless_the_list_is_the_clause() -> None:
    bare = [where for where, _, answer in walk("vi") if not QUOTED.search(answer.text)]
    assert len(bare) <= 0.02 * len(opened("vi")), bare[:20]


def test_only_tags_that_every_channel_knows() -> None:
    for where, _, answer in (*walk("vi"), *walk("en")):
        tags = re.findall(r"</?([a-z]+)", answer.text)
        assert set(tags) <= TAGS, where
        for tag in TAGS:
            begun = len(re.findall(rf"<{tag}[ >]", answer.text))
            assert begun == answer.text.count(f"</{tag}>"), where
        assert not re.search(r"[<>]|&lt;|&amp;", str(answer.text.striptags())), where


def test_buttons_fit_and_open_something() -> None:
    for where, _, answer in walk("vi"):
        names = [choice.label for choice in answer.choices]
        assert len(set(names)) == len(names), f"{where}: {names}"
        for choice in answer.choices:
            flow, _, id = choice.value.split(":")[:3]
            opened_by = {"hoi": knowledge().library.entries, "vanban": knowledge().library.documents}
            assert id in opened_by[flow], where
            assert 0 < len(choice.label) <= 60, choice.label


def test_labels_name_the_place() -> None:
    say = Translator("vi")
    for entry in knowledge().library.entries.values():
        assert knowledge().library.document_of(entry).locality in label(entry, knowledge().library, say)


def test_english_stands_around_the_vietnamese_quote() -> None:
    for where, entry, answer in walk("en"):
        around = QUOTED.sub("", answer.text)
        assert "Nguồn" not in around, where
        assert "Văn bản" not in around, where
        if not QUOTED.search(answer.text):
            continue
        quote = str(Markup(" ".join(QUOTED.findall(answer.text))).unescape())
        assert not quote.isascii() or entry.quote.isascii(), where


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Who checks the award files in Duc Pho before the Council?", "Source: "),
        ("Is the Da Nang award for 10 years of service given twice?", "Source: "),
    ],
)
def test_english_questions_get_english_answers(question: str, says: str) -> None:
    answer = asked(question)
    assert answer.kind == "answer"
    assert says in plain(answer)


@pytest.mark.parametrize("typed", ["<b>hạn nộp</b>", "<script>alert(1)</script> hạn nộp", "&lt;b&gt; kế hoạch 999"])
def test_what_people_typed_is_escaped(typed: str) -> None:
    answer = asked(typed)
    assert "<script" not in answer.text
    assert set(re.findall(r"</?([a-z]+)", answer.text)) <= TAGS


def test_an_unknown_paper_is_named_as_typed_and_escaped() -> None:
    assert asked("kế hoạch 999 nói gì").kind == "none"
    assert asked("tiêu chí 9.99 là gì").kind == "none"
    assert "9.99" in plain(asked("tiêu chí 9.99 là gì"))


@pytest.mark.parametrize(
    ("question", "today", "says"),
    [
        (
            "hạn nộp danh sách khen thưởng niên hạn ở Đà Nẵng",
            date(2024, 9, 29),
            ["01 tháng 10", "Ngày cuối an toàn là 30/9/2024, còn 1 ngày"],
        ),
        (
            "hạn nộp danh sách khen thưởng niên hạn ở Đà Nẵng",
            date(2024, 9, 30),
            ["Hôm nay 30/9/2024 là ngày cuối an toàn"],
        ),
        (
            "hạn nộp danh sách khen thưởng niên hạn ở Đà Nẵng",
            date(2024, 10, 2),
            ["Năm nay đã qua 2 ngày", "Lần tới: trước 01/10/2025"],
        ),
        (
            "Hạn đăng ký mô hình dân vận khéo của phường là khi nào?",
            TODAY,
            ["30/02/2023", "không có trong lịch", "48-KH/ĐU"],
        ),
        ("hạn đăng ký công trình ở quận 3", date(2021, 6, 1), ["10/6/2021", "ghi hai cách", "chậm nhất 09/6/2021"]),
    ],
)
def test_days_are_said_against_today(question: str, today: date, says: list[str]) -> None:
    text = plain(asked(question, today))
    for part in says:
        assert part in text, text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("làm tổ trưởng 8 năm, nghỉ 1 năm, làm lại 3 năm thì đủ niên hạn ở Đà Nẵng chưa", ["8 năm + 3 năm = 11 năm"]),
        ("tổ 16 Tân Phong có 62/90 nhà mới sửa lại thì tiêu chí nhà ở đạt không", ["68,9%", "60% trở lên", "Trên 80%"]),
        ("quận 3 phường đăng ký 8 công trình còn thiếu mấy", ["còn thiếu 2", "41-KH/QU"]),
        ("bị bãi nhiệm năm 2020 thì có được bằng khen niên hạn ở Đà Nẵng không", ["Không.", "bãi nhiệm"]),
    ],
)
def test_conclusions_come_first(question: str, says: list[str]) -> None:
    answer = asked(question)
    assert answer.kind == "answer"
    for part in says:
        assert part in plain(answer), plain(answer)


def test_a_paper_whose_time_is_over_says_so() -> None:
    before, after = date(2025, 6, 30), date(2025, 7, 1)
    question = "ở Đức Phổ ai thẩm định hồ sơ khen thưởng"
    assert "Lưu ý:" not in plain(asked(question, before))
    assert "Lưu ý:" in plain(asked(question, after))


@pytest.mark.parametrize("question", ["khu dân cư 6 không là gì", "Đà Nẵng 3 có là gì", "4 an là gì"])
def test_what_is_only_named_is_not_explained(question: str) -> None:
    answer = asked(question)
    assert answer.kind == "none"
    assert "không nêu nội dung" in plain(answer)
    assert "Nguồn:" in plain(answer)
    assert "UBND phường Tân Phong" in plain(answer)


@given(st.sampled_from(DUE), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_on_any_day_an_answer_is_short(entry: str, today: date) -> None:
    answer = said(knowledge().open(knowledge().library.entries[entry], "when"), today=today)
    assert len(answer.text.striptags()) <= ROOM
