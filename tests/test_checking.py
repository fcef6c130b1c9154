"""What is said about a wrong document file: where, what, and what to do; the good files stay."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.checking import check_library, corrected_source, quote_parts
from knowledge.lexicon import load_lexicon
from knowledge.loading import Problem, load_library
from knowledge.understanding import Knowledge

SOURCE = """KẾ HOẠCH
1. Các hộ đăng ký trước ngày 10/6/2021.
2. Mổi tổ làm ít nhất 02 công trình.
"""
GOOD = """
id = "mot"
source = "mot.txt"
type = "Kế hoạch"
number = "01/KH-UBND"
title = "Kế hoạch thử"
title_en = "Trial plan"
issuer = "UBND phường Thử"
locality = "Thử"
organ = "state"
signer = "Nguyễn Văn A"
names = ["kế hoạch thử"]
places = ["phường Thử"]
status = "con_thoi_han"
ceremonial = ["KẾ HOẠCH"]
corrections = [{ wrong = "Mổi", right = "Mỗi", where = "mục 2" }]
issued = { raw = "năm 2021", year = 2021 }
period = { raw = "năm 2021", start = 2021-01-01, end = 2021-12-31 }
status_reason = { text = "còn hạn" }

[[entries]]
id = "mot-han"
kind = "deadline"
section = "mục 1"
title = "hạn đăng ký"
title_en = "deadline"
quote = "Các hộ đăng ký trước ngày 10/6/2021."
questions = ["khi nào đăng ký"]
deadlines = [{ raw = "trước ngày 10/6/2021", kind = "before", what = "đăng ký", year = 2021, month = 6, day = 10 }]

[[entries]]
id = "mot-so-luong"
kind = "quota"
section = "mục 2"
title = "số công trình"
title_en = "number of works"
quote = "Mỗi tổ làm ít nhất 02 công trình."
questions = ["mỗi tổ làm mấy công trình"]
quantities = [{ raw = "ít nhất 02", comparator = ">=", value = 2, unit = "công trình", scope = "mỗi tổ" }]
"""


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "mot.txt").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def problems_of(where: Path) -> Sequence[Problem]:
    library, problems = load_library((where,))
    return [*problems, *check_library(library, load_lexicon(), where)]


def test_a_good_file_has_no_problem(tmp_path: Path) -> None:
    assert problems_of(folder(tmp_path, mot=GOOD)) == []


WRONG_SHAPES = [
    ('kind = "quota"', 'kind = "luong"', "mot-so-luong", "“kind” là “luong”; phải là một trong: definition"),
    ('title = "số công trình"', "", "mot-so-luong", "thiếu “title”; ghi thêm"),
    ('title = "số công trình"', "title = 5", "mot-so-luong", "“title” là 5; phải là chữ"),
    ("value = 2", 'value = "hai"', "mot-so-luong", "“value” là 'hai'; phải là số"),
    ('section = "mục 2"', 'section = "mục 2"\nsetcion = "x"', "mot-so-luong", "không hiểu “setcion”; các tên"),
    ('id = "mot-so-luong"', 'id = "mot-han"', "mot-han", "mã này dùng hai lần; mỗi mục cần một mã riêng"),
    ('questions = ["khi nào đăng ký"]', 'questions = "khi nào"', "mot-han", "“questions” phải là một danh sách"),
    ("day = 10 }", 'day = "10" }', "mot-han", "“day” là '10'; phải là số nguyên"),
    ('section = "mục 1"', 'section = "mục 1"\naward_from = "khong-co"', "mot-han", "không có phần award; sửa mã"),
    ('section = "mục 1"', 'section = "mục 1"\naward = "khen"', "mot-han", "“award” phải là một bảng [award]"),
    ("start = 2021-01-01", 'start = "đầu năm"', "", "“period_start” là 'đầu năm'; phải là ngày như"),
    ('organ = "state"', 'organ = "nhà nước"', "", "“organ” là “nhà nước”; phải là một trong: state, party"),
    ('signer = "Nguyễn Văn A"', "", "", "thiếu “signer”; ghi thêm"),
    ('type = "Kế hoạch"', 'type = "Kế hoạch', "", "không đọc được"),
]


@pytest.mark.parametrize(("right", "wrong", "entry", "says"), WRONG_SHAPES)
def test_a_file_of_the_wrong_shape(right: str, wrong: str, entry: str, says: str, tmp_path: Path) -> None:
    assert right in GOOD
    library, problems = load_library((folder(tmp_path, mot=GOOD.replace(right, wrong, 1)),))
    assert not library.documents
    (problem,) = problems
    assert (problem.file, problem.entry) == ("mot.toml", entry)
    assert says in problem.text
    assert str(problem) == f"mot.toml: {entry or '(đầu tệp)'}: {problem.text}"


WRONG_CONTENT = [
    ('quote = "Các hộ', 'quote = "Mọi hộ', "mot-han", "không có trong nguồn; chép lại nguyên văn"),
    ('quote = "Mỗi tổ làm ít nhất 02 công trình."', 'quote = ""', "mot-so-luong", "chưa có lời trích; chép"),
    ('raw = "ít nhất 02"', 'raw = "ít nhất hai"', "mot-so-luong", "không nằm trong lời trích; chép đúng chữ"),
    ('section = "mục 1"', 'section = "mục 1"\nparent = "x"', "mot-han", "nhắc tới mục “x” không có; sửa mã"),
    (
        'type = "Kế hoạch"',
        'type = "Kế hoạch"\nsubject = "x"',
        "",
        "subject = “x” không phải mục của văn bản này",
    ),
    ('section = "mục 1"', 'section = "mục 1"\nsee = ["y"]', "mot-han", "nhắc tới mục “y” không có; sửa mã"),
    ('section = "mục 1"', 'section = "mục 1"\nnot_stated = ["z"]', "mot-han", "“z” không có trong lexicon/attributes"),
    ("month = 6, day = 10", "month = 6, day = 31", "mot-han", "không có thật; giữ nguyên lời văn bản và thêm notes"),
    ("year = 2021, month = 6, day = 10", "year = 2021, month = 2, day = 29", "mot-han", "không có thật"),
    ('questions = ["khi nào đăng ký"]', "", "mot-han", "chưa có câu hỏi nào trong questions; thêm 2–4 câu"),
    ('["mỗi tổ làm mấy công trình"]', '["Khi nao dang ky?"]', "mot-so-luong", "trùng với mot-han; nói khác đi"),
    ('kind = "deadline"', 'kind = "gap"', "mot-han", 'mục loại gap cần not_stated = ["definition"]'),
    ('wrong = "Mổi"', 'wrong = "Mỡi"', "", "chỗ sửa “Mỡi” không có trong nguồn; xóa hoặc chép lại"),
    ('ceremonial = ["KẾ HOẠCH"]', "ceremonial = []", "", "chưa mục nào trích đoạn “KẾ HOẠCH"),
    ('source = "mot.txt"', 'source = "hai.txt"', "", "không đọc được nguồn hai.txt"),
    ('section = "mục 1"', 'section = "mục 1"\nnotes = [{ text = "a", source = "b" }]', "mot-han", "thiếu “on”"),
    (
        'scope = "mỗi tổ"',
        'scope = "mỗi tổ", key = "tổ", quote = "Mỗi hộ"',
        "mot-so-luong",
        "lời trích của dòng “tổ” không có trong nguồn",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "entry", "says"), WRONG_CONTENT)
def test_a_file_that_says_something_wrong(right: str, wrong: str, entry: str, says: str, tmp_path: Path) -> None:
    assert right in GOOD
    found = problems_of(folder(tmp_path, mot=GOOD.replace(right, wrong, 1)))
    named = [problem for problem in found if says in problem.text]
    assert named, found
    assert (named[0].file, named[0].entry) == ("mot.toml", entry)
    assert ";" in named[0].text or " cần " in named[0].text, "it says what to do"


def test_an_impossible_day_with_a_note_is_in_order(tmp_path: Path) -> None:
    text = GOOD.replace("trước ngày 10/6/2021", "trước ngày 30/2/2021").replace("month = 6", "month = 2")
    text = text.replace("day = 10 }", "day = 30 }")
    text = text.replace('section = "mục 1"', 'section = "mục 1"\nnotes = [{ text = "ngày này không có trong lịch" }]')
    where = folder(tmp_path, mot=text)
    (where / "mot.txt").write_text(SOURCE.replace("10/6/2021", "30/2/2021"), encoding="utf-8")
    assert problems_of(where) == []


def test_decomposed_letters_are_named(tmp_path: Path) -> None:
    _, problems = load_library((folder(tmp_path, mot=unicodedata.normalize("NFD", GOOD)),))
    assert "chữ không ở dạng NFC; lưu lại tệp" in problems[0].text


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    where = folder(tmp_path, mot=GOOD)
    (where / "hai.toml").write_bytes(b"id = \xff")
    library, (problem,) = load_library((where,))
    assert list(library.documents) == ["mot"]
    assert problem.file == "hai.toml"
    assert "sửa lại cho đúng TOML, UTF-8" in problem.text


def test_a_code_that_two_files_use(tmp_path: Path) -> None:
    library, (problem,) = load_library((folder(tmp_path, hai=GOOD, mot=GOOD),))
    assert list(library.documents) == ["mot"]
    assert problem == Problem("mot.toml", "", "mã văn bản “mot” đã dùng ở tệp khác; đặt mã khác")


def test_an_empty_folder_and_one_that_is_not_there(tmp_path: Path) -> None:
    for where in (tmp_path, tmp_path / "khong-co"):
        library, (problem,) = load_library((where,))
        assert not library.documents
        assert "không có tệp .toml nào; kiểm tra KNOWLEDGE_DIR" in problem.text


def test_a_bad_file_leaves_the_good_ones(tmp_path: Path) -> None:
    where = folder(tmp_path, mot=GOOD, hai="id = ", ba=GOOD.replace('"mot"', '"ba"').replace("issuer", "isuer"))
    knowledge, problems = Knowledge.load((where,))
    assert list(knowledge.library.documents) == ["mot"]
    assert {problem.file for problem in problems} == {"hai.toml", "ba.toml"}


def test_several_folders_are_one_library(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    folder(first, mot=GOOD)
    folder(second, hai=GOOD.replace("mot", "hai"))
    library, problems = load_library((first, second))
    assert (list(library.documents), problems) == (["mot", "hai"], [])
    assert library.document_of(library.entries["hai-han"]).id == "hai"


def test_corrections_are_made_in_the_source_only_where_listed(tmp_path: Path) -> None:
    library, _ = load_library((folder(tmp_path, mot=GOOD),))
    source = corrected_source(library.documents["mot"], tmp_path)
    assert "Mỗi tổ làm" in source
    assert "Mổi" not in source


def test_a_quote_may_leave_something_out(tmp_path: Path) -> None:
    assert quote_parts("Các hộ […] trước ngày 10/6/2021.") == ["Các hộ", "trước ngày 10/6/2021."]
    text = GOOD.replace("Các hộ đăng ký trước ngày", "Các hộ […] trước ngày")
    found = problems_of(folder(tmp_path, mot=text))
    assert not [problem for problem in found if "không có trong nguồn" in problem.text]
