"""From attachments to files over real databases, and the pictures among them."""

import json
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from conversation import Attachment, PaperFile
from knowledge.forms import published
from papers.blank_reading import read_blank
from papers.charts import MOST_BARS, Bar, counted, progress
from papers.paper import NoPaper
from papers.qr_files import MOST_BYTES, code
from papers.rendering import Issuer, render
from storage import open_store
from storage.registry import Registry, Round, State, Submission, Tally, UnitRow
from storage.store import Store
from tests.databases import ENGINES, Hands, database_url
from tests.filled_forms import DAY, GROUP, OFFICE, WARD, answers, opened, paragraphs, tables, versions

pytestmark = pytest.mark.anyio
FORM = "kh41-dang-ky"
OTHER = UnitRow("to-6", "Tổ dân phố số 6", "tổ dân phố", "p")
ISSUER = Issuer(WARD)
SETTINGS = {"number": "12", "day": "2026-05-20"}


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(database_url(request.param, tmp_path), Hands())
    await store.open()
    await store.registry_write(founded)
    yield store
    await store.close()


def a_round(id: str = "r1", form: str = FORM, **changes: object) -> Round:
    version = versions()[form]
    values: dict[str, object] = {"due": date(2026, 6, 9), "signer": "Lê Văn Bính, Chủ tịch", "settings": {}} | changes
    units = (GROUP.code, OTHER.code)
    opened_at = datetime(2026, 3, 1, tzinfo=UTC)
    return Round(id, form, version.hash, "năm 2026", units, opened_by="staff", opened_at=opened_at, **values)  # type: ignore[arg-type]


def founded(registry: Registry) -> None:
    for unit in (OFFICE, GROUP, OTHER):
        registry.units.save(unit)
    for form in (FORM, "kh71-khen-nien-han"):
        registry.rounds.save_version(form, versions()[form].hash, versions()[form].body)
    registry.rounds.open(a_round())
    registry.rounds.open(a_round("r2", "kh71-khen-nien-han", settings=SETTINGS))


def handed(registry: Registry, unit: UnitRow, *states: State, round: str = "r1") -> Submission:
    """A submission with all answers, moved through some states."""
    of = registry.rounds.get(round)
    assert of is not None
    submission = registry.submissions.begin(of, unit.code, "an", "Bà An")
    for path, value in answers(versions()[of.form].form).items():
        registry.submissions.answer(submission.id, path, value, str(value), "an", "Bà An")
    for state in states:
        moved = registry.submissions.move(submission, state, "an")
        assert moved is not None
        submission = moved
    return submission


async def made(store: Store, kind: str, **params: str) -> PaperFile:
    return await render(Attachment(kind, params), store.registry_read, ISSUER)


async def test_only_what_the_ward_accepted_is_exported(store: Store) -> None:
    await store.registry_write(lambda registry: handed(registry, GROUP, "submitted", "accepted"))
    await store.registry_write(lambda registry: handed(registry, OTHER, "submitted"))
    one = await made(store, "export", round="r1", unit="", format="docx", made="2026-05-01", asked_by="Lê B")
    assert one.name == "kh41-dang-ky_to-5_2026-05-01.docx"
    lines = paragraphs(opened(one.content))
    assert "Tổ dân phố số 5, năm 2026" in lines
    assert not any("số 6" in line for line in lines)
    both = await made(store, "export", round="r1", format="docx", states="accepted,submitted")
    assert len(tables(opened(both.content))) == 2
    assert "Có bài chưa được phường nhận" in opened(both.content).sections[0].footer.paragraphs[0].text


@pytest.mark.parametrize("state", ["returned", "withdrawn"])
async def test_what_was_returned_or_withdrawn_is_in_no_paper_but_its_own(store: Store, state: State) -> None:
    submission = await store.registry_write(lambda registry: handed(registry, GROUP, "submitted", state))
    with pytest.raises(NoPaper, match="Chưa có bài nào được duyệt"):
        await made(store, "export", round="r1", states="accepted,submitted,returned,withdrawn,draft")
    own = await made(store, "export", round="r1", submission=submission.id)
    assert len(tables(opened(own.content))) == 1


async def test_one_unit_in_each_format(store: Store) -> None:
    await store.registry_write(lambda registry: handed(registry, GROUP, "submitted", "accepted"))
    await store.registry_write(lambda registry: handed(registry, OTHER, "submitted", "accepted"))
    names = set()
    for form in ("docx", "xlsx", "csv", "json"):
        file = await made(store, "export", round="r1", unit=GROUP.code, format=form)
        names.add(file.name)
    assert names == {f"kh41-dang-ky_to-5.{form}" for form in ("docx", "xlsx", "csv", "json")}
    whole = json.loads(file.content)
    assert [submission["unit"] for submission in whole["submissions"]] == [GROUP.code]
    assert whole["submissions"][0]["answers"] == answers(versions()[FORM].form)


async def test_number_day_and_signer_come_from_staff_and_the_round(store: Store) -> None:
    await store.registry_write(lambda registry: handed(registry, GROUP, "submitted", "accepted", round="r2"))
    lines = paragraphs(opened((await made(store, "export", round="r2")).content))
    assert {"Số: 12/TTr-UBND", "Tân Phong, ngày 20 tháng 5 năm 2026", "Lê Văn Bính"} <= set(lines)
    typed = await made(store, "export", round="r2", number="13", day="2026-06-01")
    assert {"Số: 13/TTr-UBND", "Tân Phong, ngày 01 tháng 6 năm 2026"} <= set(paragraphs(opened(typed.content)))


async def test_an_older_version_is_printed_as_it_was_filled_in(store: Store) -> None:
    """A round changes its form only for those who begin afterwards."""
    table = json.loads(versions()[FORM].body)
    table["layout"]["title"] = "BẢNG CŨ"
    old = published(table)

    def older(registry: Registry) -> None:
        registry.rounds.save_version(FORM, old.hash, old.body)
        round = a_round("r3")
        registry.rounds.open(Round(**{name: getattr(round, name) for name in round.__slots__} | {"version": old.hash}))
        handed(registry, GROUP, "submitted", "accepted", round="r3")

    await store.registry_write(older)
    assert "BẢNG CŨ" in paragraphs(opened((await made(store, "export", round="r3")).content))


async def test_a_blank_is_of_the_rounds_version_and_comes_back(store: Store) -> None:
    file = await made(store, "blank", round="r1", unit=GROUP.code)
    assert file.name == "kh41-dang-ky_mau-to-5.xlsx"
    assert read_blank(file.content, versions()[FORM], GROUP, DAY).bad == ()


async def test_progress_shows_one_round_or_all_that_are_open(store: Store) -> None:
    await store.registry_write(lambda registry: handed(registry, GROUP, "submitted"))
    one = await made(store, "progress", round="r1", made="2026-05-01")
    every = await made(store, "progress", made="2026-05-01")
    assert one.name == "tien-do_2026-05-01.png"
    assert size(every)[1] > size(one)[1]
    assert size(one)[0] == size(every)[0] == 1080


async def test_what_cannot_be_made_is_said(store: Store) -> None:
    for kind, params, said in (
        ("export", {"round": "r9"}, "Không thấy đợt"),
        ("export", {"round": "r1", "format": "pdf"}, "bốn dạng"),
        ("export", {"round": "r1"}, "Chưa có bài nào được duyệt"),
        ("export", {"round": "r1", "submission": "x"}, "Chưa có bài nào được duyệt"),
        ("blank", {"round": "r1", "unit": "x"}, "không có trong danh sách"),
        ("blank", {"round": ""}, "Không thấy đợt"),
        ("progress", {"round": "r9"}, "Không thấy đợt"),
        ("qr", {}, "mã QR"),
    ):
        with pytest.raises(NoPaper, match=said):
            await render(Attachment(kind, params), store.registry_read, ISSUER)
    with pytest.raises(LookupError):
        await made(store, "kept", id="x")


# Pictures.


def size(file: PaperFile) -> tuple[int, int]:
    assert file.media_type == "image/png"
    assert file.content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", file.content[16:24])
    return width, height


def tally(states: Mapping[str, State | str], due: date | None = None) -> Tally:
    return Tally(a_round(due=due), states)  # type: ignore[arg-type]  # states of units


def test_units_are_counted_by_the_state_of_their_submission() -> None:
    states = {
        "a": "accepted",
        "b": "submitted",
        "c": "returned",
        "d": "",
        "e": "draft",
        "f": "withdrawn",
        "g": "accepted",
    }
    assert counted(tally(states)) == [2, 1, 1, 3]


def test_a_full_picture_is_small_enough_to_be_passed_on() -> None:
    kinds = ("accepted", "submitted", "returned", "")
    states = {f"t{place}": kinds[place % 4] for place in range(500)}
    bars = [Bar("Bảng tự đánh giá “tổ dân phố” ưỡng ỷ ẵ " * 3, tally(states, DAY))] * (MOST_BARS + 12)
    picture = progress(bars, WARD, DAY)
    assert len(picture.content) <= 200_000
    assert size(picture)[0] == 1080
    with pytest.raises(NoPaper):
        progress([], WARD, None)
    assert size(progress([Bar("Một", tally({}))], WARD, None))[0] == 1080


def test_the_bar_has_the_colours_of_what_is_in_it() -> None:
    """Three quarters accepted: so many points of the bar are green."""
    states = {"a": "accepted", "b": "accepted", "c": "accepted", "d": ""}
    picture = Image.open(BytesIO(progress([Bar("Một", tally(states))], WARD, None).content)).convert("RGB")
    colours = {colour: count for count, colour in picture.getcolors(picture.width * picture.height) or []}
    green, grey = colours[(0x1B, 0x5E, 0x20)], colours[(0xE0, 0xE0, 0xE0)]
    assert 2.3 < green / grey < 3.2


def test_letters_of_the_picture_are_all_in_its_font() -> None:
    """A letter that is missing in the font is a warning, and warnings are errors here."""
    letters = "ĂÂĐÊÔƠƯăâđêôơư ẠẢÃÀÁ ẶẮẰẲẴ ỆẾỀỂỄ ỘỐỒỔỖ ỢỚỜỞỠ ỰỨỪỬỮ ỲÝỶỸỴ “”…"
    assert size(progress([Bar(letters, tally({"a": "accepted"}))], letters, DAY))


@pytest.mark.slow
def test_pictures_leave_no_state_behind() -> None:
    script = (
        "import sys\nfrom papers.charts import Bar, progress\nfrom tests.test_rendering import tally\n"
        "progress([Bar('a', tally({'a': 'accepted'}))], 'p', None)\nassert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_codes_are_pictures_and_drawings() -> None:
    png, svg = code("https://t.me/BanPho?start=7K3M9Q"), code("https://t.me/BanPho?start=7K3M9Q", "svg")
    width, height = size(png)
    assert width == height >= 200
    picture = Image.open(BytesIO(png.content)).convert("L")
    # The quiet zone is white on all sides (ISO/IEC 18004: four modules).
    assert {picture.getpixel((x, y)) for x in range(width) for y in range(30)} == {255}
    assert svg.media_type == "image/svg+xml"
    assert b"<svg" in svg.content
    for text in ("", "x" * (MOST_BYTES + 1)):
        with pytest.raises(NoPaper):
            code(text)
