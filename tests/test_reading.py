"""What a message asks: fields, attributes, the paper it names, and whether it leans on the one before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.talk import knowledge


def facets(text: str) -> tuple[str, ...]:
    return knowledge().read(text).facets


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("hạn nộp khi nào", "when"),
        ("bữa nào tới hạn", "when"),
        ("ai ký kế hoạch 71", "sign"),
        ("cơ quan nào chủ trì", "lead"),
        ("ai tham mưu", "advise"),
        ("nộp cho ai", "where"),
        ("gửi về đâu", "where"),
        ("bao nhiêu công trình", "how_many"),
        ("dùng mẫu nào", "form"),
        ("5 không gồm gì", "list"),
        ("kể ra hết", "list"),
        ("khu dân cư 6 không là gì", "define"),
        ("trễ chưa", "late"),
        ("đủ chưa", "check"),
        ("vì sao", "why"),
        ("when is the deadline", "when"),
        ("who is responsible", "who"),
    ],
)
def test_the_asked_field(text: str, facet: str) -> None:
    assert knowledge().read(text).asks(facet)


@pytest.mark.parametrize("text", ["xin chào", "...", "tổ trưởng", "khen thưởng niên hạn", "không ai biết"])
def test_a_message_may_ask_for_no_field(text: str) -> None:
    assert facets(text) == ()


def test_the_most_specific_field_comes_first() -> None:
    assert facets("cơ quan nào chủ trì")[0] == "who"
    assert facets("nộp cho ai") == ("where",)


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("phạt bao nhiêu", "fine"),
        ("được bao nhiêu tiền", "money"),
        ("số điện thoại phường", "phone"),
        ("nhiệm kỳ tổ trưởng mấy năm", "term"),
        ("mấy điểm thì đạt", "pass_mark"),
    ],
)
def test_the_asked_attribute(text: str, attribute: str) -> None:
    assert attribute in knowledge().read(text).attributes


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("kế hoạch 71 nói gì", "kh71"),
        ("chỉ thị 40", "kh71"),
        ("ở Đà Nẵng", "kh71"),
        ("ke hoach 48 giao ai", "kh48"),
        ("đức phổ xét khen lúc nào", "ducpho"),
        ("tổ dân phố ở Tân Phong", "tanphong"),
        ("quận 3", "kh41"),
        ("Q3", "kh41"),
        ("District 3 deadline", "kh41"),
        ("Duc Pho awards", "ducpho"),
    ],
)
def test_the_paper_that_is_named(text: str, document: str) -> None:
    assert knowledge().read(text).documents == {document}


@pytest.mark.parametrize("text", ["hạn nộp báo cáo", "5 không là gì", "tổ 5", "kế hoạch", "quận nào cũng vậy"])
def test_no_paper_is_named(text: str) -> None:
    assert not knowledge().read(text).documents


def test_a_level_keeps_its_name_before_a_place() -> None:
    reading = knowledge().read("cấp thành phố Đà Nẵng khen mấy")
    assert reading.documents == {"kh71"}
    assert {"thanh", "pho"} <= {term.word for term in reading.content}
    assert "pho" not in {term.word for term in knowledge().read("thành phố Đà Nẵng khen mấy").content}


def test_two_papers_can_be_named() -> None:
    assert knowledge().read("Quận 3 với Đà Nẵng khác gì").documents == {"kh41", "kh71"}


def test_what_names_the_paper_is_not_the_topic() -> None:
    reading = knowledge().read("ở Đức Phổ ai thẩm định")
    assert "tham" in {word.folded for word in reading.topic}
    assert "pho" not in {word.folded for word in reading.topic}


@pytest.mark.parametrize("text", ["còn báo cáo thì sao", "thế ai ký", "vậy nộp ở đâu"])
def test_messages_that_go_on(text: str) -> None:
    assert knowledge().read(text).continues


def test_a_question_with_its_own_topic_stands_alone() -> None:
    assert not knowledge().read("Hạn đăng ký mô hình dân vận khéo của phường là khi nào?").continues


@pytest.mark.parametrize("text", ["Who checks the award files?", "when is the deadline", "what is directive 40"])
def test_english_is_noticed(text: str) -> None:
    reading = knowledge().read(text)
    assert reading.english
    assert any(not word.toned.isascii() for word in reading.topic), "the Vietnamese for it is looked for"


@pytest.mark.parametrize("text", ["hạn nộp khi nào", "ke hoach 71 ai ky", "to dan pho van hoa la gi", "email nao", "5"])
def test_vietnamese_is_not_english(text: str) -> None:
    assert not knowledge().read(text).english


@pytest.mark.parametrize("text", ["nộp khi nào", "hạn chót", "gửi về đâu", ""])
def test_questions_without_a_topic(text: str) -> None:
    assert knowledge().read(text).generic


def test_people_who_are_polite_ask_the_same() -> None:
    plain = knowledge().read("hạn nộp danh sách khen thưởng niên hạn khi nào")
    polite = knowledge().read("dạ em chào anh cho em hỏi hạn nộp danh sách khen thưởng niên hạn khi nào vậy ạ")
    assert {term.word for term in plain.content} == {term.word for term in polite.content}


def test_a_long_message_is_cut() -> None:
    assert len(knowledge().read("hạn nộp " * 1000).text) <= 500


@given(st.text(max_size=200))
def test_a_reading_only_names_what_there_is(text: str) -> None:
    reading, lexicon = knowledge().read(text), knowledge().lexicon
    assert reading.documents <= set(knowledge().library.documents)
    assert set(reading.facets) <= set(lexicon.facets)
    assert set(reading.attributes) <= set(lexicon.attributes)
    assert all(term.weight >= 0 for term in reading.terms)
