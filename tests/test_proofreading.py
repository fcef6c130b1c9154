"""What is said about a wrong form: where, what, and what to do."""

from pathlib import Path

import pytest

from knowledge.loading import Problem, load_library
from knowledge.model import Library
from knowledge.proofreading import check_forms

SOURCE = """KẾ HOẠCH
1. Các hộ đăng ký trước ngày 10/6/2021.
2. Mỗi tổ làm ít nhất 02 công trình: trồng cây, gắn đèn. Không có hộ nghèo.
"""
DOCUMENT = """
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
corrections = []
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
deadlines = [{ raw = "trước ngày 10/6/2021", kind = "before", what = "đăng ký", year = 2021, month = 6, day = 10, \
aliases = ["đăng ký"] }]

[[entries]]
id = "mot-so-luong"
kind = "quota"
section = "mục 2"
title = "số công trình"
title_en = "number of works"
quote = "Mỗi tổ làm ít nhất 02 công trình: trồng cây, gắn đèn. Không có hộ nghèo."
questions = ["mỗi tổ làm mấy công trình"]
items = ["trồng cây", "gắn đèn"]
"""
FORM = """
[[forms]]
id = "thu"
title = "Biểu thử"
short = "Biểu thử"
entry = "mot-so-luong"
deadline = "mot-han"
deadline_of = "đăng ký"
units = ["tổ dân phố", "bản"]
checks = ["quota"]

[[forms.groups]]
id = "nhom"
title = "Nhóm"

[[forms.groups]]
id = "khac"
title = "Nhóm khác"

[[forms.fields]]
id = "ngheo"
kind = "yes_no"
prompt = "Không có hộ nghèo."
number = "1"
short = "Đã hết hộ nghèo"
entry = "mot-so-luong"
group = "nhom"
target = { comparator = "=", value = 0, unit = "hộ" }

[[forms.fields.more]]
id = "nam-truoc"
kind = "integer"
prompt = "Năm trước có bao nhiêu hộ?"
short = "Năm trước"
least = 0
greatest = 900

[[forms.fields]]
id = "ly-do"
kind = "long_text"
prompt = "Vì sao?"
number = "2"
short = "Lý do"
units = ["bản"]
when = { field = "ngheo", values = ["no"] }

[[forms.fields]]
id = "hai"
kind = "yes_no_na"
prompt = "Có đèn không?"
number = "3"
short = "Có đèn"

[[forms.fields]]
id = "viec"
kind = "rows"
prompt = "Những việc gì?"
short = "Việc"

[[forms.fields.columns]]
id = "loai"
kind = "one_of"
prompt = "Loại nào?"
short = "Loại"
options = [{ value = "cay", label = "Cây", suggestions = ["Trồng cây"] }, { value = "den", label = "Đèn" }]

[[forms.fields.columns]]
id = "ten"
kind = "text"
prompt = "Tên gì?"
short = "Tên"
suggest_by = "loai"
suggest_from = "mot-so-luong"

[[forms.fields.columns]]
id = "ty-le"
kind = "share"
prompt = "Bao nhiêu hộ?"
short = "Tỷ lệ"
share = { part = "số hộ", whole = "tổng số hộ" }

[[forms.quotas]]
units = ["tổ dân phố"]
count = 2

[[forms.conflicts]]
all = ["ngheo=yes", "hai=no"]
says = "Mục 1 và mục 3 trái nhau."

[forms.layout]
kind = "table"
title = "BẢNG {year}"
rows = "viec"
columns = [{ heading = "STT", width = 12 }, { heading = "Tên", field = "ten", width = 60 }]

[[forms]]
id = "ket-qua"
title = "Kết quả"
short = "Kết quả"
units = ["bản"]

[[forms.fields]]
id = "xong"
kind = "rows"
prompt = "Xong những gì?"
short = "Việc xong"
rows_from = "thu/viec"
columns = [{ id = "ten", kind = "text", prompt = "Tên gì?", short = "Tên" }]

[forms.layout]
title = "KẾT QUẢ"

[[forms.layout.sections]]
heading = "Việc {count}"
rows = "xong"
when = { field = "ten", values = [] }
"""


def served(tmp_path: Path, forms: str) -> tuple[Library, list[Problem]]:
    (tmp_path / "mot.txt").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "mot.toml").write_text(DOCUMENT + forms, encoding="utf-8")
    return load_library([tmp_path])


def problems_of(tmp_path: Path, forms: str) -> list[Problem]:
    library, problems = served(tmp_path, forms)
    return [*problems, *check_forms(library, tmp_path)]


def test_a_good_form_of_a_new_document_is_served_without_a_word(tmp_path: Path) -> None:
    library, _ = served(tmp_path, FORM)
    assert problems_of(tmp_path, FORM) == []
    assert {"thu", "ket-qua"} <= set(library.forms)
    assert library.forms["thu"].form.document == "mot"


LONG = "a" * 61
TABLE = 'rows = "viec"\ntables = [{{ heading = "{}", where = {{ field = "loai", values = ["{}"] }} }}]'
BROKEN = [
    # right, wrong, where, what is said
    ('id = "thu"', 'id = "Thử"', "Thử", "chữ thường không dấu"),
    ('id = "thu"', f'id = "{"a" * 21}"', "a" * 21, "nhiều nhất 20 chữ"),
    ('id = "ket-qua"', 'id = "thu"', "thu", "dùng hai lần"),
    ('short = "Biểu thử"', f'short = "{"a" * 41}"', "thu", "“short” dài 41 chữ"),
    ('units = ["tổ dân phố", "bản"]', 'units = ["tổ dân phố", "bản", "khóm"]', "thu", "không có loại đơn vị “khóm”"),
    ('units = ["bản"]\n\n[[forms.fields]]', "\n[[forms.fields]]", "ket-qua", "chưa ghi loại đơn vị"),
    ('units = ["tổ dân phố"]\ncount', 'units = ["thôn"]\ncount', "thu", "quotas nhắc “thôn”"),
    ('checks = ["quota"]', 'checks = ["quota", "quotas"]', "thu", "không có phép kiểm tra “quotas”"),
    ('checks = ["quota"]', "", "thu", "đi cùng nhau"),
    ('entry = "mot-so-luong"\ndeadline', 'entry = "mot-so-luon"\ndeadline', "thu", "không có mục “mot-so-luon”"),
    ('deadline = "mot-han"', 'deadline = "mot-hạn"', "thu", "không có mục “mot-hạn”"),
    ('deadline = "mot-han"', 'deadline = "mot-so-luong"', "thu", "không ghi hạn nào"),
    ('deadline_of = "đăng ký"', 'deadline_of = "báo cáo"', "thu", "“deadline_of” là “báo cáo”"),
    ('all = ["ngheo=yes", "hai=no"]', 'all = ["ngheo=yes"]', "thu", "ít nhất hai câu trả lời"),
    ('all = ["ngheo=yes", "hai=no"]', 'all = ["ngheo=yes", "ba=no"]', "thu", "“ba” không có"),
    ('all = ["ngheo=yes", "hai=no"]', 'all = ["ngheo=na", "hai=no"]', "thu", "chỉ trả lời: yes, no"),
    ("Mục 1 và mục 3 trái nhau.", "Hai mục trái nhau.", "thu", "ghi số 1"),
    ('rows_from = "thu/viec"', 'rows_from = "thu/ten"', "ket-qua", "“rows_from” là “thu/ten”"),
    ('id = "nhom"', 'id = "khac"', "thu", "mã nhóm “khac” có hai lần"),
    ('group = "nhom"', 'group = "nhóm"', "thu/ngheo", "không có nhóm “nhóm”"),
    ('id = "hai"', 'id = "ly-do"', "thu", "mã “ly-do” có ở hai mục"),
    ('number = "3"', 'number = "2"', "thu", "số “2” có ở hai mục"),
    ('id = "hai"', 'id = "h/i"', "thu/h/i", "mã “h/i” phải là"),
    ('id = "ty-le"', f'id = "{"t" * 31}"', f"thu/viec/{'t' * 31}", "đường dẫn của mục dài 45 byte"),
    ('short = "Lý do"', 'short = ""', "thu/ly-do", "“short” dài 0 chữ"),
    ('short = "Lý do"', f'short = "{"a" * 91}"', "thu/ly-do", "“short” dài 91 chữ"),
    ('prompt = "Vì sao?"', 'prompt = " "', "thu/ly-do", "“prompt” để trống"),
    ('kind = "long_text"', 'kind = "rows"', "thu/ly-do", "columns"),
    ('id = "ten"\nkind = "text"', 'id = "ten"\nkind = "rows"', "thu/viec", "một cột không thể là rows"),
    ('kind = "yes_no"', 'kind = "integer"', "thu/ngheo", "“more” chỉ dùng bên ô"),
    ('kind = "integer"', 'kind = "text"', "thu/ngheo", "“more” chỉ gồm số"),
    ('kind = "one_of"', 'kind = "text"', "thu/viec/loai", "options"),
    ('kind = "long_text"', 'kind = "many_of"', "thu/ly-do", "options, và phải có"),
    ('value = "den"', 'value = "cay"', "thu/viec/loai", "lựa chọn “cay” có hai lần"),
    ('label = "Đèn"', 'label = "Cây"', "thu/viec/loai", "lựa chọn “Cây” có hai lần"),
    ('value = "den"', 'value = "đèn"', "thu/viec/loai", "chữ không dấu"),
    ('label = "Đèn"', f'label = "{LONG}"', "thu/viec/loai", "dài 61 chữ"),
    ('share = { part = "số hộ", whole = "tổng số hộ" }', "", "thu/viec/ty-le", "cần “share”"),
    ('kind = "share"', 'kind = "text"', "thu/viec/ty-le", "“share” chỉ dùng"),
    ('target = { comparator = "="', 'target = { comparator = "range"', "thu/ngheo", "value_max"),
    ('short = "Lý do"', 'short = "Lý do"\ntarget = { comparator = ">", value = 1 }', "thu/ly-do", "chỉ dùng với số"),
    ("least = 0", "least = 901", "thu/ngheo#nam-truoc", "“least” lớn hơn"),
    ('prompt = "Không có hộ nghèo."', 'prompt = "Không còn hộ nghèo."', "thu/ngheo", "không có trong lời trích"),
    ('short = "Đã hết hộ nghèo"\nentry = "mot-so-luong"', 'short = "Đã hết hộ nghèo"\nentry = "mot-khac"', "thu/ngheo",
     "không có mục “mot-khac”"),
    ('suggest_from = "mot-so-luong"', 'suggest_from = "mot-han"', "thu/viec/ten", "không có gì để gợi ý"),
    ('suggest_by = "loai"', 'suggest_by = "ty-le"', "thu/viec/ten", "“suggest_by” nhắc tới mục “ty-le”"),
    ('suggestions = ["Trồng cây"]', 'suggestions = ["Trồng rau"]', "thu/viec/loai", "gợi ý “Trồng rau”"),
    ('units = ["bản"]\nwhen', 'units = ["thôn"]\nwhen', "thu/ly-do", "không dành cho loại ấy"),
    ('when = { field = "ngheo"', 'when = { field = "hai"', "thu/ly-do", "không có ở trước"),
    ('values = ["no"] }', 'values = ["na"] }', "thu/ly-do", "không trả lời như thế"),
    ('short = "Có đèn"', 'short = "Có đèn"\nprevious = "viec"', "thu/hai", "“previous” nhắc tới mục “viec”"),
    ('rows = "viec"', 'rows = "hai"', "thu", "không phải rows"),
    ('field = "ten", width = 60', 'field = "hai", width = 60', "thu", "cột “Tên” lấy mục “hai” không có"),
    ('field = "ten", width = 60', 'field = "{ten}, {xa}", width = 60', "thu", "lấy mục “xa” không có"),
    ('rows = "viec"', TABLE.format("A {b}", "cay"), "thu", "bản in có {b}"),
    ('rows = "viec"', TABLE.format("A", "rau"), "thu", "chia theo “loai” là rau"),
    ("width = 60", "width = 160", "thu", "các cột rộng 172 mm"),
    ('title = "BẢNG {year}"', 'title = "BẢNG {nam}"', "thu", "bản in có {nam}"),
    ('title = "BẢNG {year}"', "", "thu", "chưa có “title”"),
    ('heading = "Việc {count}"', 'heading = "Việc {so}"', "ket-qua", "bản in có {so}"),
    ('rows = "xong"\n', 'rows = "xog"\n', "ket-qua", "“xog”"),
    ('values = []', 'values = ["gì"]', "ket-qua", "chia theo “ten”"),
    ('heading = "Việc {count}"', 'heading = "Việc"\nfields = ["la"]', "ket-qua", "“la” không có"),
    ('title = "KẾT QUẢ"', 'title = "KẾT QUẢ"\nrows = "xong"', "ket-qua", "giữ một cách"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "where", "says"), BROKEN)
def test_a_broken_form_is_named_where_it_is_broken(
    right: str, wrong: str, where: str, says: str, tmp_path: Path
) -> None:
    assert right in FORM
    problems = problems_of(tmp_path, FORM.replace(right, wrong, 1))
    found = [problem for problem in problems if problem.entry == where and says in problem.text]
    assert found, [str(problem) for problem in problems]
    assert all(problem.file == "mot.toml" and ";" in problem.text for problem in found)


def test_a_form_without_fields_asks_nothing(tmp_path: Path) -> None:
    bare = '\n[[forms]]\nid = "trong"\ntitle = "Trống"\nshort = "Trống"\nunits = ["bản"]\nfields = []\n'
    bare += '[forms.layout]\ntitle = "TRỐNG"\n'
    assert [problem.text for problem in problems_of(tmp_path, bare)] == ["chưa hỏi gì; thêm [[forms.fields]]"]


def test_a_column_with_columns_is_named(tmp_path: Path) -> None:
    inner = 'suggest_by = "loai"\ncolumns = [{ id = "a", kind = "text", prompt = "Gì?", short = "Gì" }]'
    problems = problems_of(tmp_path, FORM.replace('suggest_by = "loai"', inner, 1))
    assert "một cột không thể lại là bảng; dùng loại khác" in [problem.text for problem in problems]


def test_entries_of_documents_that_are_not_served_here_are_not_missed(tmp_path: Path) -> None:
    library, _ = served(tmp_path, FORM)
    own = [entry for version in library.own_forms for field in version.form.fields if (entry := field.entry)]
    assert own
    assert not set(own) & set(library.entries)
    assert check_forms(library, tmp_path) == []
