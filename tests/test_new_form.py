"""A new document with a new form: one TOML file, read by the real loader, filled in in the real process."""

import os
from datetime import date
from pathlib import Path

import pytest

from storage import open_store
from storage.registry import Registry, Submission
from storage.store import Store
from tests.bot_process import ROOT
from tests.house import Terminal
from tests.leader import Leader

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

DOCUMENT = """
id = "kh-tinh-nguyen"
source = "kh-tinh-nguyen.txt"
type = "Kế hoạch"
number = "/KH-UBND"
title = "Ra quân đội hình tình nguyện năm 2026"
title_en = "Volunteer teams in 2026"
issuer = "UBND phường Ví Dụ"
locality = "Ví Dụ"
organ = "state"
signer = "Chủ tịch UBND phường"
names = ["kế hoạch đội hình tình nguyện"]
places = ["phường Ví Dụ"]
status = "con_thoi_han"
corrections = []
ceremonial = []

[issued]
raw = "ngày 02 tháng 3 năm 2026"
year = 2026
month = 3
day = 2

[period]
raw = "năm 2026"
start = 2026-01-01
end = 2026-12-31

[status_reason]
text = "kế hoạch ghi thời gian thực hiện đến hết năm 2026."
text_en = "the plan runs until the end of 2026."
source = "tên kế hoạch"
on = "2026-03-10"

[[entries]]
id = "tinh-nguyen-doi"
kind = "task"
section = "mục 1"
title = "đội hình tình nguyện của mỗi tổ dân phố"
title_en = "the volunteer team of each group"
quote = "Mỗi tổ dân phố lập một đội hình tình nguyện."
questions = ["mỗi tổ lập mấy đội hình tình nguyện", "đội hình tình nguyện do ai lập"]
"""
FORM = """
[[forms]]
id = "tinh-nguyen"
title = "Phiếu đăng ký đội hình tình nguyện"
short = "Đội hình tình nguyện"
section = "mục 1"
entry = "tinh-nguyen-doi"
units = ["tổ dân phố"]
who = "tổ trưởng tổ dân phố"
fields = [
  { id = "ten", kind = "text", prompt = "Tên đội hình là gì?" },
  { id = "doi-truong", kind = "name", prompt = "Ai là đội trưởng?" },
  { id = "dien-thoai", kind = "phone", prompt = "Số điện thoại của đội trưởng?" },
  { id = "nguoi", kind = "integer", prompt = "Đội có bao nhiêu người?", least = 3, greatest = 50 },
  { id = "dong", kind = "decimal", prompt = "Mỗi người góp mấy giờ một tuần?" },
  { id = "nu", kind = "share", prompt = "Bao nhiêu người là nữ?", share = { part = "số nữ", whole = "số người" } },
  { id = "ngay", kind = "date", prompt = "Ra quân ngày nào?" },
  { id = "gio", kind = "time", prompt = "Ra quân lúc mấy giờ?" },
  { id = "dot", kind = "period", prompt = "Đội làm từ tháng nào đến tháng nào?" },
  { id = "ao", kind = "yes_no", prompt = "Đội có áo đồng phục chưa?" },
  { id = "xe", kind = "yes_no_na", prompt = "Có xe chở dụng cụ không?" },
  { id = "loai", kind = "one_of", prompt = "Đội thuộc loại nào?", options = [
    { value = "a", label = "Thường xuyên" },
    { value = "b", label = "Theo đợt" },
  ] },
  { id = "viec", kind = "many_of", prompt = "Đội làm những việc gì?", options = [
    { value = "a", label = "Dọn rác" },
    { value = "b", label = "Trồng cây" },
  ] },
  { id = "khac", kind = "long_text", prompt = "Còn việc gì nữa không?", required = false },
  { id = "xa", kind = "text", prompt = "Việc ấy làm ở đâu?", when = { field = "viec", values = ["b"] } },
  { id = "nguoi-moi", kind = "rows", prompt = "Những ai mới vào đội?", columns = [
    { id = "ten", kind = "name", prompt = "Họ và tên?" },
    { id = "tuoi", kind = "integer", prompt = "Bao nhiêu tuổi?" },
  ] },
  { id = "anh", kind = "files", prompt = "Gửi ảnh đội nếu có.", required = false },
]
"""
ASKED = "Đội có bao nhiêu người?"
ASKED_LATER = "Đội hiện có bao nhiêu người, kể cả đội trưởng?"
MORE = '  { id = "quy", kind = "integer", prompt = "Đội có quỹ bao nhiêu nghìn đồng?" },\n]\n'


def newest(registry: Registry) -> Submission:
    """What the tổ did last with the new form."""
    return next(found for found in registry.submissions.of_unit("tdp-01") if found.form == "tinh-nguyen")


async def opens(terminal: Terminal, store: Store, label: str, today: date) -> Leader:
    """Find the form in the list, and open it."""
    before = len(terminal.heard)
    await terminal.say("biểu mẫu")
    while label not in terminal.heard[before:]:
        await terminal.say("trang sau")
    await terminal.say(label)
    begun = await store.registry_read(newest)
    return Leader(store, terminal.say, begun.by, today)


async def test_a_form_of_a_new_document_is_a_toml_block(tmp_path: Path) -> None:
    """Also changed while somebody fills it in: what was begun stays as it was, the next round is as it is now."""
    folder = tmp_path / "documents"
    folder.mkdir()
    file = folder / "kh-tinh-nguyen.toml"
    file.write_text(DOCUMENT + FORM, encoding="utf-8")
    knowledge = {"KNOWLEDGE_DIR": os.pathsep.join([str(ROOT / "knowledge" / "documents"), str(folder)])}
    today, later = date(2026, 11, 21), date(2027, 1, 5)
    store = open_store(f"sqlite:///{tmp_path / 'bot.db'}")
    await store.open()

    with Terminal(tmp_path, store, "--as", "leader", **knowledge) as terminal:
        await terminal.hears(0)
        leader = await opens(terminal, store, "Làm: Đội hình tình nguyện", today)
        begun = await store.registry_read(newest)
        await leader.fill_in(begun.id, messages=3)
        assert ASKED in terminal.heard

    changed = FORM.replace(ASKED, ASKED_LATER).removesuffix("]\n") + MORE
    file.write_text(DOCUMENT + changed, encoding="utf-8")
    with Terminal(tmp_path, store, **knowledge) as terminal:
        leader = await opens(terminal, store, "Làm tiếp: Đội hình tình nguyện", today)
        sent = await leader.fill_in(begun.id, rows_wanted=2)
        assert (sent.id, sent.state, sent.version) == (begun.id, "submitted", begun.version)
        assert ASKED in terminal.heard
        assert ASKED_LATER not in terminal.heard
        assert sent.code in terminal.heard
    answers = await store.registry_read(lambda registry: registry.submissions.answers(sent.id))
    assert answers["dot"].value == {"from": "2012-03", "to": "2024-05"}
    assert answers["viec"].value == ["a"]
    assert answers["nguoi-moi/r2/tuoi"].value == 12
    assert "quy" not in answers

    now = knowledge | {"BANPHO_NOW": f"{later}T08:00"}
    with Terminal(tmp_path, store, "--as", "leader", **now) as terminal:
        await terminal.hears(0)
        leader = await opens(terminal, store, "Làm: Đội hình tình nguyện", later)
        begun = await store.registry_read(newest)
        assert begun.version != sent.version
        again = await leader.fill_in(begun.id)
        assert (again.state, again.version) == ("submitted", begun.version)
        assert ASKED_LATER in terminal.heard
        assert ASKED not in terminal.heard
    answers = await store.registry_read(lambda registry: registry.submissions.answers(again.id))
    assert answers["quy"].value == 12
    await store.close()
    # Nothing was wrong with the documents.
    assert (tmp_path / "log").read_text() == ""
