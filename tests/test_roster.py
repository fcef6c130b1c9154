"""An office's table of units: what is read, what is said about a wrong line, and what the registry has afterwards."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.roster import MOST_PROBLEMS, Roster, read_roster
from knowledge.roster_table import MOST_BYTES, MOST_ROWS
from knowledge.unit_kinds import UNIT_KINDS, meant_kinds
from knowledge.units import Unit

pytestmark = pytest.mark.anyio

WARD = Unit("tp", "phường Tân Phong", "phường", "")
HEAD = "code,name,kind,parent,households,attributes,valid_from,valid_to\n"
FIVE = Unit("tdp-05", "Tổ dân phố số 5", "tổ dân phố", "tp", 131, {"nông nghiệp": True}, date(2021, 1, 1))


def read(text: str | bytes, *known: Unit) -> Roster:
    return read_roster(text if isinstance(text, bytes) else text.encode(), WARD, known)


def units(text: str | bytes, *known: Unit) -> tuple[Unit, ...]:
    roster = read(text, *known)
    assert [str(problem) for problem in roster.problems] == []
    return roster.units


def problems(text: str | bytes, *known: Unit) -> list[str]:
    roster = read(text, *known)
    assert roster.units == ()
    return [str(problem) for problem in roster.problems]


# What is read.


@pytest.mark.parametrize(
    "text",
    [
        'code,name,kind,households,attributes,valid_from\ntdp-05,Tổ dân phố số 5,TDP,131,"nông nghiệp=có",2021-01-01\n',
        "\ufeffMã;Tên;Loại;Số hộ;Đặc điểm;Từ ngày\r\n"
        "tdp-05;Tổ dân phố số 5;Tổ dân phố;131;Nông nghiệp=Có;01/01/2021\r\n",
        "sep=;\nSTT;mã đơn vị;tên đơn vị;loại;số hộ;đặc điểm;từ ngày;ghi chú\n"
        "1;tdp-05;Tổ dân phố số 5;to dan pho;131;sản xuất nông nghiệp=x;1.1.2021;gộp hai tổ\n",
        "MA\tTEN\tLOAI\tSO HO\tDAC DIEM\tTU NGAY\n\n"
        "  tdp-05\tTổ  dân phố\u00a0số 5\ttổ\t131\tnông nghiệp=1\t1-1-2021\n\t\t\n",
        "Mã,Tên,Loại,Số hộ,Đặc điểm,Từ ngày,,\n"
        'tdp-05,"Tổ dân phố\nsố 5",tdp,131,nông nghiệp=đúng;ntm=chưa rõ,01/01/2021,,\n',
    ],
    ids=["plain", "excel", "columns that mean nothing", "tabs", "trailing separators"],
)
def test_one_unit_as_offices_write_it(text: str) -> None:
    assert units(text) == (FIVE,)


def test_tones_typed_apart_are_the_same() -> None:
    import unicodedata

    text = unicodedata.normalize("NFD", HEAD + "b,Bản Tân Phong,bản,,64,nông thôn mới=không,,\n")
    assert units(text) == (Unit("b", "Bản Tân Phong", "bản", "tp", 64, {"nông thôn mới": False}),)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("TDP", "tổ dân phố"),
        ("thon", "thôn"),
        ("bản", "bản"),
        ("Phòng, ban chuyên môn", "phòng ban"),
        ("trường", "trường học"),
        ("Mặt trận Tổ quốc", "Mặt trận, đoàn thể"),
        ("doan the", "Mặt trận, đoàn thể"),
        ("Đảng bộ cơ sở", "đảng bộ cơ sở"),
        ("chi bộ", "chi bộ cơ sở"),
    ],
)
def test_kinds_by_the_words_people_use(typed: str, kind: str) -> None:
    assert [one.kind for one in units(f'code,name,kind\nx,Tên,"{typed}"\n')] == [kind]


def test_every_kind_has_a_name_of_its_own() -> None:
    for name in UNIT_KINDS:
        assert [kind.name for kind in meant_kinds(name)] == [name]


def test_a_parent_may_stand_below_or_have_been_there_before() -> None:
    found = units(
        "code,name,kind,parent\nb,Bản Một,bản,th\nth,Thôn Một,thôn,\nc,Bản Hai,bản,cu\n", replace(FIVE, code="cu")
    )
    assert [unit.parent for unit in found] == ["th", "tp", "cu"]


def test_a_column_that_is_missing_changes_nothing_an_empty_cell_does() -> None:
    assert units("code,name,kind\ntdp-05,Tổ dân phố số 5,tdp\n", FIVE) == (FIVE,)
    assert units(HEAD + "tdp-05,Tổ dân phố số 5,tdp,,,,,\n", FIVE) == (
        replace(FIVE, households=None, attributes={}, valid_from=None),
    )


def test_a_unit_ends_and_another_takes_its_name() -> None:
    text = (
        HEAD
        + "tdp-05,Tổ dân phố số 5,tdp,,131,nông nghiệp=có,01/01/2021,31/3/2026\n"
        + "moi-5,tổ dân phố số 5,tdp,,260,,01/4/2026,\n"
    )
    assert [unit.valid_to for unit in units(text, FIVE)] == [date(2026, 3, 31), None]


def test_the_example_of_the_guide_is_read() -> None:
    guide = (Path(__file__).parent.parent / "docs" / "can-bo-phuong.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```text\n(Mã;.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    assert [unit.kind for unit in units(example)] == ["tổ dân phố", "bản", "trường học"]
    assert units(example)[1].attributes == {"nông nghiệp": True, "nông thôn mới": False}


# What is wrong, where, and what to do.


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (",Tên,thôn,,,,,", "thiếu mã; ghi một mã ngắn không dấu"),
        ("tổ-5,Tên,thôn,,,,,", "mã “tổ-5” không dùng được; dùng chữ không dấu"),
        ("a:b,Tên,thôn,,,,,", "mã “a:b” không dùng được"),
        ("khong,Tên,thôn,,,,,", "mã “khong” không dùng được"),
        ("a" * 25 + ",Tên,thôn,,,,,", "nhiều nhất 24 ký tự"),
        ("x,,thôn,,,,,", "thiếu tên; ghi tên đơn vị"),
        ("x," + "t" * 121 + ",thôn,,,,,", "nhiều nhất 120 chữ"),
        ("x,Tên\u0007,thôn,,,,,", "không dùng được"),
        ("x,Tên,,,,,,", "thiếu loại; ghi một trong: phường; xã; tổ dân phố"),
        ("x,Tên,khối,,,,,", "loại “khối” chưa có"),
        ("x,Tên,ban,,,,,", "có thể là bản hoặc phòng ban; ghi đủ dấu"),
        ("x,Chi bộ Một,chi bộ khu dân cư,,,,,", "không phải chi bộ cơ sở nên không tự đăng ký (41-KH/QU, mục II.4"),
        ("x,Chi bộ KDC số 4,chi bộ cơ sở,,,,,", "mời làm người phụ trách của tổ dân phố"),
        ("x,Chi bộ tổ dân phố số 5,chi bộ,,,,,", "chi bộ khu dân cư không phải"),
        ("x,Chi bộ bản Na Cọ,chi bộ,,,,,", "chi bộ khu dân cư không phải"),
        ("x,Tên,phường,,,,,", "mã “x” không hợp với loại phường; phường, xã chỉ một dòng, mã “tp”"),
        ("tp,Tên,thôn,,,,,", "mã “tp” không hợp với loại thôn"),
        ("x,Tên,thôn,đâu,,,,", "đơn vị cấp trên “đâu” không có; ghi mã có trong tệp"),
        ("x,Tên,thôn,x,,,,", "“x” thuộc về chính mình qua “x”"),
        ("x,Tên,thôn,,-5,,,", "số hộ “-5” không phải là số hộ; ghi một số nguyên"),
        ("x,Tên,thôn,,1.5,,,", "số hộ “1.5” không phải"),
        ("x,Tên,thôn,,100001,,,", "không phải là số hộ"),
        ("x,Tên,thôn,,,nông nghiệp,,", "đặc điểm “nông nghiệp” chưa rõ; ghi như: nông nghiệp=có"),
        ("x,Tên,thôn,,,nông nghiệp=ít,,", "đặc điểm “nông nghiệp=ít” chưa rõ"),
        ("x,Tên,thôn,,,ntm=có;nông thôn mới=không,,", "đặc điểm “nông thôn mới” có hai lần"),
        ("x,Tên,thôn,,," + ";".join(f"d{n}=có" for n in range(21)) + ",,", "có 21 đặc điểm; ghi nhiều nhất 20"),
        ("x,Tên,thôn,,,,hôm qua,", "“hôm qua” chưa phải là ngày; ghi như 01/3/2026"),
        ("x,Tên,thôn,,,,30/02/2023,", "ngày “30/02/2023” không có trong lịch"),
        ("x,Tên,thôn,,,,01/01/0001,", "năm 1 không dùng được"),
        ("x,Tên,thôn,,,,2026-03-01,28/02/2026", "ngày hết đứng trước ngày bắt đầu"),
        ("x,Tên,thôn,,,,,,thừa", "có nhiều ô hơn số cột"),
        ("TDP-05,Tên,thôn,,,,,", "mã “TDP-05” chỉ khác “tdp-05” ở chữ hoa; mã không đổi, ghi “tdp-05”"),
        ("x,TỔ DÂN PHỐ SỐ 5,tdp,,,,,", "đã có với mã “tdp-05”; mã không đổi: ghi lại mã “tdp-05”"),
    ],
)
def test_a_wrong_line_is_told_with_its_number_and_the_remedy(line: str, says: str) -> None:
    (told,) = problems(f"{HEAD}ok,Bản Tốt,bản,,,,,\n\n{line}\n", FIVE)
    assert told.startswith("dòng 4: ")
    assert says in told


def test_all_wrong_lines_are_told_in_order_but_not_without_end() -> None:
    told = problems("code,name,kind\n,a,thôn\nb,B,thôn\nB,C,thôn\nd,b,thôn\n")
    assert [line.split(":")[0] for line in told] == ["dòng 2", "dòng 4", "dòng 5"]
    told = problems("code,name,kind\n" + ",x,thôn\n" * 60)
    assert len(told) == MOST_PROBLEMS + 1
    assert told[-1] == "còn 10 lỗi nữa; sửa các dòng trên rồi nhập lại"


def test_a_circle_is_found_wherever_it_begins_and_told_for_its_units_alone() -> None:
    told = problems("code,name,kind,parent\na,A,thôn,b\nb,B,thôn,c\nc,C,thôn,a\nd,D,thôn,a\ne,E,thôn,tdp-05\n", FIVE)
    assert [line.split(":")[0] for line in told] == ["dòng 2", "dòng 3", "dòng 4"]
    # Also one that closes through a unit that was there before.
    assert (
        "thuộc về chính mình"
        in problems(
            "code,name,kind,parent\ntdp-05,Tổ dân phố số 5,tdp,con\n", FIVE, Unit("con", "Con", "thôn", "tdp-05")
        )[0]
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "thiếu cột code, name, kind"),
        (b"\n\n", "thiếu cột"),
        ("Mã;Tên;Số hộ\na;b;3\n".encode(), "dòng 1: thiếu cột kind; dòng đầu ghi tên cột"),
        ("Mã;Tên;Loại;Màu\n".encode(), "dòng 1: không hiểu tên cột “Màu”; các cột dùng được: code, name, kind"),
        ("Mã;Tên;Loại;mã\n".encode(), "dòng 1: cột “mã” có hai lần"),
        (HEAD.encode(), "tệp không có đơn vị nào"),
        ("Mã;Tên;Loại\na;b;thôn".encode("utf-16"), "tệp không phải UTF-8; trong Excel chọn Lưu thành"),
        ("Mã;Tên;Loại\na;Tổ;thôn".encode("cp1258", "replace"), "tệp không phải UTF-8"),
        (HEAD.encode() + b'a,"b,c\n', "dòng 2: không đọc được dòng này; mở bao nhiêu dấu ngoặc kép"),
        (HEAD.encode() + b'a,"' + b"b" * 140_000 + b'",c\n', "dòng 2: không đọc được dòng này"),
        (b"x" * (MOST_BYTES + 1), "tệp lớn hơn 2 MB"),
        (HEAD.encode() + b"a,b,c,,,,,\n" * (MOST_ROWS + 1), f"tệp có hơn {MOST_ROWS} dòng"),
    ],
    ids=range(12),
)
def test_a_wrong_file_is_told_as_a_whole(data: bytes, says: str) -> None:
    (told,) = problems(data)
    assert says in told


def test_a_large_file_is_read_in_time() -> None:
    lines = "".join(f"u{n},Thôn {n},thôn,{f'u{n - 1}' if n else ''}\n" for n in range(MOST_ROWS))
    assert len(units("code,name,kind,parent\n" + lines)) == MOST_ROWS


CELLS = st.sampled_from(
    [
        *(
            "",
            "tdp-05",
            "TDP-05",
            "x",
            "tp",
            "Tổ dân phố số 5",
            "thôn",
            "phường",
            "131",
            "-1",
            "nông nghiệp=có",
            "a=b;c",
        ),
        *("01/3/2026", "2026-02-30", '"', "\n", ";", ",", "\x00", "\ufeff", "Mã", "Tên", "Loại", "sep=;", "đ" * 200),
    ]
)


@given(
    st.binary(max_size=300) | st.lists(st.lists(CELLS, max_size=9).map(",".join), max_size=9).map("\n".join) | st.text()
)
def test_whatever_the_bytes_are_there_are_units_or_problems(data: bytes | str) -> None:
    given_bytes = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    for text in (given_bytes, b"code,name,kind,parent\n" + given_bytes, HEAD.encode() + given_bytes):
        roster = read(text, FIVE)
        assert bool(roster.units) != bool(roster.problems)
        codes = {unit.code for unit in roster.units} | {"tp", "tdp-05"}
        for unit in roster.units:
            assert unit.kind in UNIT_KINDS
            assert unit.name.strip()
            assert unit.code == "tp" or unit.parent in codes
        for problem in roster.problems:
            assert "; " in str(problem)
            assert str(problem).isprintable()
