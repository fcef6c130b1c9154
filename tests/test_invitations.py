"""Codes that give a role or join two accounts: what of them is kept, how long they hold, and who gets what."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.demonstration import round_id
from handlers.invitations import issue
from handlers.passcodes import LENGTH, MOST_WRONG, Purpose, digest, fresh, typed, written
from storage import open_store
from storage.registry import Invitation, Registry, Tenure, UnitRow
from storage.store import Store
from tests.databases import ENGINES, Hands, database_url, everything, new_file, rows
from tests.talk import TODAY, Talk, demo_ward, knowledge, labels, plain
from tests.test_conversations import well_said

pytestmark = pytest.mark.anyio

PURPOSES: tuple[Purpose, ...] = ("invitation", "link")
REAL = replace(demo_ward(), fictitious=False)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path, hands: Hands) -> AsyncIterator[Store]:
    store = open_store(database_url(request.param, tmp_path), hands)
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


async def invited(store: Store, unit: str = "tdp-05", role: str = "leader", by: str = "cli") -> str:
    """The code of a new invitation."""
    wanted = next(one for one in ("leader", "staff", "admin") if one == role)

    def work(registry: Registry) -> str:
        row = registry.units.get(unit)
        assert row is not None
        return issue(registry, wanted, row, "Lò Thị Mai", by).code

    return await store.registry_write(work)


async def roles(store: Store, role: str = "leader") -> list[Tenure]:
    wanted = next(one for one in ("leader", "staff", "admin") if one == role)
    return list(await store.registry_read(lambda registry: registry.roles.holders(wanted, TODAY)))


async def agreed(talk: Talk, chat: str, channel: str = "pretend") -> None:
    """Somebody who has answered the notice."""
    await talk.send(chat, channel, text="/start")
    await talk.press("Đồng ý", chat=chat, channel=channel)


async def staffed(talk: Talk, chat: str) -> None:
    """Somebody who tries to be staff."""
    await agreed(talk, chat)
    await talk.send(chat, kind="choice", choice="vaitro:thu:staff")


# Codes.


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_code_is_read_however_it_is_typed(purpose: Purpose) -> None:
    code = {"invitation": "K7MR3XPQ9TWA", "link": "K7MR3XPQ9"}[purpose]
    said = {"invitation": "mã mời", "link": "mã liên kết"}[purpose]
    groups = written(purpose, code)
    ways = [
        *(code, code.lower(), groups, groups.lower(), groups.replace("-", "‑"), f"  {groups}\n"),
        *(f"/start {code}", f"/start@BanPhoBot {code}", f"mã {groups}", f"code: {code}", f"ma {groups}"),
        *(f"{said} {groups}", f"{said.upper()}: {groups.replace('-', ' ')}"),
    ]
    assert {way: typed(purpose, way) for way in ways} == dict.fromkeys(ways, code)
    other: Purpose = "link" if purpose == "invitation" else "invitation"
    assert typed(other, code) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "/start", "/start thamso", "mã", "mã số thuế", "code", "tiêu chí 3.15", "71/KH-UBND", "BN-7K3M9Q"),
        # Words and numbers are no codes, nor are letters that look like others.
        *("aaaabbbbcccc", "222233334444", "987654323", "K7MR3XPQ9TW", "K7MR3XPQ9TWAA", "K7MR3XPQ9TW0", "K7MR3XPQ9TWI"),
        *("mã mời là gì", "xin mã mời của phường ở đâu", "K7MR 3XPQ 9TWA", "đ" * 12),
    ],
)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_is_no_code(text: str, purpose: Purpose) -> None:
    assert typed(purpose, text) is None


@pytest.mark.parametrize(
    "text", ["mã mời", "ma moi 12345", "Mã mời: K7MR-3XPQ", "invite code abc", "mã mời K7MR-3XPQ-9TW0"]
)
def test_what_is_meant_as_a_code_and_is_none(text: str) -> None:
    assert typed("invitation", text) == ""


@given(st.text(max_size=200) | st.from_regex(r"(mã mời |/start |mã )?[2-9A-Za-z -]{0,20}"))
def test_any_text_is_a_code_or_is_not(text: str) -> None:
    for purpose in PURPOSES:
        code = typed(purpose, text)
        assert not code or (len(code) == LENGTH[purpose] and typed(purpose, written(purpose, code)) == code)


def test_a_new_code_is_never_a_word_or_a_number() -> None:
    # The worst source there is: letters alone, then digits alone, before anything good.
    source = cycle(["AAAAAA", "222222", "BBBBBB", "A2B3C4"])
    for purpose in PURPOSES:
        code = fresh(purpose, lambda: next(source))
        assert typed(purpose, code) == code


def test_hashes_tell_what_a_code_is_for() -> None:
    assert digest("invitation", "K7MR3XPQ9") != digest("link", "K7MR3XPQ9")
    assert re.fullmatch(r"[0-9a-f]{64}", digest("link", "K7MR3XPQ9"))


# Invitations.


async def test_of_a_code_only_its_hash_is_kept(store: Store) -> None:
    talk = Talk(store)
    await staffed(talk, "can-bo")
    await talk.send("can-bo", text="/moi")
    await talk.send("can-bo", text="5")
    await talk.send("can-bo", text="Lò Thị Mai")
    bare = talk.code.replace("-", "")
    await talk.send("mai", text=f"/start {bare}")
    for kept in (await everything(store), str(await rows(store, "select payload, chat from inbox"))):
        assert talk.code not in kept
        assert bare not in kept
    assert await rows(store, "select hash from invitation") == [(digest("invitation", bare),)]
    await talk.press("Đồng ý", chat="mai")
    assert await rows(store, "select hash from invitation") == []
    assert [(tenure.name, tenure.unit) for tenure in await roles(store)] == [("Lò Thị Mai", "tdp-05")]


async def test_a_code_holds_for_its_time(store: Store, hands: Hands) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    await agreed(talk, "on")
    early, late = await invited(store), await invited(store)
    hands.pass_by(timedelta(days=7).total_seconds() - 1)
    assert "Từ hôm nay" in plain(await talk.send("mai", text=early))
    hands.pass_by(1)
    assert "đã hết hạn" in plain(await talk.send("on", text=late))


async def test_a_code_that_expires_while_the_notice_is_read_gives_nothing(store: Store, hands: Hands) -> None:
    talk = Talk(store)
    await agreed(talk, "x")
    assert "Xin phép" in plain(await talk.send("mai", text=await invited(store)))
    hands.pass_by(timedelta(days=8).total_seconds())
    assert "đã hết hạn" in plain(await talk.press("Đồng ý", chat="mai"))
    assert await roles(store) == []


async def test_a_code_of_a_unit_that_is_gone_gives_nothing_and_is_not_used_up(store: Store) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    code = await invited(store)

    def ends(registry: Registry) -> None:
        row = registry.units.get("tdp-05")
        assert row is not None
        registry.units.save(replace(row, valid_to=TODAY - timedelta(days=1)))

    await store.registry_write(ends)
    assert "không còn trong danh sách" in plain(await talk.send("mai", text=code))
    assert len(await rows(store, "select hash from invitation")) == 1


async def test_of_two_who_take_a_code_at_once_one_gets_it(store: Store) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    hash = digest("invitation", (await invited(store)).replace("-", ""))

    def take(registry: Registry) -> Invitation | None:
        return registry.roles.take(hash)

    taken = await asyncio.gather(*(store.registry_write(take) for _ in range(8)))
    assert sum(invitation is not None for invitation in taken) == 1


async def test_ten_wrong_codes_within_an_hour_lock_for_an_hour(store: Store, hands: Hands) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    code = await invited(store)
    wrong = [fresh("invitation", lambda: secrets.choice(["A2B3C4", "D5E6F7"])) for _ in range(MOST_WRONG)]
    hands.pass_by(30)
    for one in wrong[:-1]:
        assert "chưa đúng" in plain(await talk.send("mai", text=one))
        hands.pass_by(300)
    # 45 minutes after the first one; 00:45:30 UTC is 07:45 here.
    said = plain(await talk.send("mai", text=wrong[-1]))
    assert "tạm không nhận mã từ đây đến 08:45 ngày 01/3/2026" in said
    hands.pass_by(3_599)
    assert "tạm không nhận" in plain(await talk.send("mai", text=code))
    hands.pass_by(1)
    assert "Từ hôm nay" in plain(await talk.send("mai", text=code))


async def test_wrong_codes_in_the_middle_of_something_are_counted_too(store: Store) -> None:
    talk = Talk(store)
    await talk.cast({"roles": {"an": "leader:tdp-05"}, "rounds": ["ducpho-tuyen-duong"]})
    for text in ("biểu mẫu", "1", "thêm"):
        await talk.send(text=text)
    for _ in range(MOST_WRONG):
        code = fresh("invitation", lambda: secrets.choice(["A2B3C4", "D5E6F7"]))
        assert "Mã này" not in plain(await talk.send(text=code))
        await talk.send(text="quay lại")
    held = await invited(store)
    # No code is taken any more, here or elsewhere: in a form it is an answer.
    assert "mời anh/chị làm" not in plain(await talk.send(text=held))
    await talk.send(text="lưu")
    assert "tạm không nhận mã" in plain(await talk.send(text=held))


async def test_an_invitation_comes_with_its_link_as_a_picture(store: Store) -> None:
    talk = Talk(store)
    await talk.cast({"roles": {"binh": "staff:demo"}})
    for text in ("mời người phụ trách", "tổ 5"):
        await talk.send(text=text, chat="binh")
    *_, said = await talk.send(text="Lò Thị Mai", chat="binh")
    [picture] = said.attachments
    assert picture.kind == "qr"
    assert picture.params["text"] == f"https://t.me/BanPhoBot?start={talk.code.replace('-', '')}"
    assert picture.params["text"] in said.text


async def test_wrong_codes_far_apart_lock_nobody(store: Store, hands: Hands) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    for _ in range(3 * MOST_WRONG):
        assert "chưa đúng" in plain(await talk.send("mai", text="2222-2222-222A"))
        hands.pass_by(401)
    # What is older than two hours is not kept.
    assert len(await rows(store, "select at from wrong_code")) <= 18


async def test_the_lock_stays_with_the_sender_after_everything_was_deleted(store: Store) -> None:
    talk = Talk(store)
    await agreed(talk, "chat-4711")
    for _ in range(MOST_WRONG):
        await talk.send("chat-4711", text="222-222-22A")
    await talk.send("chat-4711", text="xóa dữ liệu của tôi")
    await talk.press("Xóa hết", chat="chat-4711")
    assert "chat-4711" not in await everything(store)
    assert "tạm không nhận" in plain(await talk.send("chat-4711", text="222-222-22A"))
    # And with nobody else.
    assert "chưa đúng" in plain(await talk.send("on", text="222-222-22A"))


async def test_staff_of_another_ward_neither_invite_nor_end_here(store: Store) -> None:
    talk = Talk(store)
    await agreed(talk, "mai")
    await talk.send("mai", text=await invited(store))
    (tenure,) = await roles(store)
    await staffed(talk, "la")

    def moves(registry: Registry) -> None:
        registry.units.save(replace(load_row(registry, "demo"), code="khac", name="phường Khác"))
        (held,) = registry.roles.holders("staff", TODAY)
        registry.roles.end(held.id, TODAY, "test")
        registry.roles.give(held.person, "", "staff", "khac", TODAY, "test")

    await store.registry_write(moves)
    await talk.send("la", text="/moi")
    assert "chưa rõ đơn vị nào" in plain(await talk.send("la", text="5"))
    for button in (f"moi:ket:{tenure.id}", f"moi:het:{tenure.id}:1", "moi:tiep:leader/tdp-05"):
        assert "Việc này dành cho" in plain(await talk.send("la", kind="choice", choice=button))
    assert [one.id for one in await roles(store)] == [tenure.id]


def load_row(registry: Registry, code: str) -> UnitRow:
    row = registry.units.get(code)
    assert row is not None
    return row


# The demo ward.


async def test_the_rounds_to_try_are_opened_once_a_year(store: Store) -> None:
    talk = Talk(store)
    await staffed(talk, "an")
    await talk.send("an", kind="choice", choice="vaitro:thu:leader/tdp-05")
    await staffed(talk, "binh")
    forms = knowledge().library.forms
    opened = await store.registry_read(lambda registry: registry.rounds.current())
    assert len(opened) == len({round.form for round in opened})
    assert {round.form for round in opened} <= set(forms)
    assert {round.id for round in opened} == {round_id(round.form, 2026) for round in opened}
    for round in opened:
        assert set(round.units)
        assert round.period == "năm 2026"
    # A round that staff have closed stays closed.
    await store.registry_write(lambda registry: registry.rounds.close(opened[0].id))
    await staffed(talk, "cuc")
    assert len(await store.registry_read(lambda registry: registry.rounds.current())) == len(opened) - 1


@pytest.mark.parametrize("arg", ["resident", "leader", "leader/tdp-05", "staff", "admin"])
async def test_in_a_real_ward_nobody_chooses_a_role(arg: str, store: Store) -> None:
    talk = Talk(store, ward=REAL)
    await agreed(talk, "an")
    shown = await talk.send("an", text="/vaitro")
    assert labels(shown) == ["Trợ giúp"]
    assert "mã mời" in plain(shown)
    assert "Chỉ phường chạy thử" in plain(await talk.send("an", kind="choice", choice=f"vaitro:thu:{arg}"))
    assert await rows(store, "select * from role") == []
    assert await store.registry_read(lambda registry: registry.rounds.current()) == []


async def test_a_role_that_is_refused_later_ends_and_is_in_the_audit(store: Store) -> None:
    talk = Talk(store)
    await staffed(talk, "an")
    await talk.send("an", text="/dulieu")
    await talk.press("Xem lại lời xin phép", chat="an")
    assert "Vai trò của anh/chị cũng hết" in plain(await talk.press("Không", chat="an"))
    assert await roles(store, "staff") == []
    actions = await rows(store, "select action from audit where subject = 'role' order by position")
    assert actions == [("given",), ("ended",)]


# Joined accounts.


async def test_drafts_roles_and_settings_go_along(store: Store) -> None:
    talk = Talk(store)
    await agreed(talk, "an")
    await talk.send("an", text="english")
    await talk.send("an", kind="choice", choice="vaitro:thu:leader/tdp-05")
    await talk.send("an", text="/bieumau")
    begin = next(label for label in labels(talk.replies) if "công trình giúp dân" in label)
    await talk.press(begin, chat="an")
    await talk.send("an", text="/huy")
    await talk.send("an", kind="choice", choice="lienket:ma")
    code = talk.code
    await talk.send("z", "zalo", text=code)
    joined = await talk.send("z", "zalo", kind="choice", choice=talk.value("Nối hai tài khoản", "z"))
    assert "người phụ trách Tổ dân phố số 5" in plain(joined)
    assert len(await rows(store, "select id from person")) == 1
    # The draft of the one is that of the other, in the language that was chosen there.
    listed = await talk.send("z", "zalo", text="/bieumau")
    assert any(label.endswith(begin.partition(": ")[2]) and label != begin for label in labels(listed)), labels(listed)
    assert "Your accounts" in plain(await talk.send("z", "zalo", text="/lienket"))
    # Each is answered where they wrote.
    assert {reply.text for reply in talk.told.get("an", [])} == set()
    assert await talk.send("an", text="/bieumau") == listed


async def test_a_linking_code_lives_for_minutes_and_once_and_the_newest_counts(store: Store, hands: Hands) -> None:
    talk = Talk(store)
    await agreed(talk, "an")
    await talk.send("an", kind="choice", choice="lienket:ma")
    first = talk.code
    await talk.send("an", kind="choice", choice="lienket:ma")
    second = talk.code
    assert "chưa đúng" in plain(await talk.send("z", "zalo", text=first))
    await talk.send("z", "zalo", text=second)
    hands.pass_by(601)
    # Too late, also where the question was asked in time.
    assert "đã hết hạn" in plain(await talk.press("Nối hai tài khoản", chat="z", channel="zalo"))
    assert "chưa đúng" in plain(await talk.send("z", "zalo", text=second))
    assert len(await rows(store, "select id from person")) == 2


async def test_who_is_unlinked_is_somebody_new_and_the_other_keeps_all(store: Store) -> None:
    talk = Talk(store)
    await staffed(talk, "an")
    await talk.send("an", kind="choice", choice="lienket:ma")
    await talk.send("z", "zalo", text=talk.code)
    await talk.press("Nối hai tài khoản", chat="z", channel="zalo")
    shown = await talk.send("z", "zalo", text="/lienket")
    own = next(label for label in labels(shown) if label.startswith("Tách Zalo"))
    assert "đang dùng" in own
    assert "Đã tách Zalo" in plain(await talk.press(own, chat="z", channel="zalo"))
    assert "Việc này dành cho" in plain(await talk.send("z", "zalo", text="/moi"))
    assert "Mời người phụ trách" in plain(await talk.send("an", text="/moi"))
    assert len(await rows(store, "select id from person")) == 2


async def test_three_channels_may_be_one_person(store: Store) -> None:
    talk = Talk(store)
    await staffed(talk, "an")
    for chat in ("z1", "z2"):
        await talk.send("an", kind="choice", choice="lienket:ma")
        await talk.send(chat, "zalo", text=talk.code)
        await talk.press("Nối hai tài khoản", chat=chat, channel="zalo")
    assert len(await rows(store, "select id from person")) == 1
    shown = labels(await talk.send("an", text="/lienket"))
    assert len([label for label in shown if label.startswith("Tách")]) == 3


# Whatever people do.

PRESSED = st.sampled_from(
    [
        *(
            "vaitro",
            "vaitro:thu:leader",
            "vaitro:thu:staff",
            "vaitro:thu:admin",
            "vaitro:thu:resident",
            "vaitro:thu:x/y",
        ),
        *(
            "moi",
            "moi:vai:leader",
            "moi:vai:admin",
            "moi:vai:x",
            "moi:ten",
            "moi:ket:x",
            "moi:het:x:1",
            "moi:tiep:staff/demo",
        ),
        *("lienket", "lienket:ma", "lienket:noi::1", "lienket:noi::x", "lienket:tach:abc", "thongbao:dongy:2026-11"),
        *("thongbao:khong:2026-11", "thongbao", "huy", "thamgia:x", "vaitro:::", "moi::::"),
    ]
)
SAID = st.sampled_from(
    [
        *("/vaitro", "/moi", "/lienket", "/huy", "{code}", "/start {code}", "mã mời {code}", "mã liên kết {code}"),
        *(
            "5",
            "bản tân phong",
            "99",
            "Lò Thị Mai",
            "bỏ qua",
            "không",
            "đồng ý",
            "hạn nộp",
            "2222-2222-222A",
            "<b>",
            "!",
        ),
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["a", "b", "z"]), st.booleans(), PRESSED, SAID, st.text(max_size=30)), max_size=14
    )
)
async def test_any_way_through_is_polite(
    steps: list[tuple[str, bool, str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = open_store(new_file(tmp_path_factory.mktemp("walk") / "walk.db"))
    await store.open(sole=True)
    try:
        talk = Talk(store)
        for chat, presses, choice, said, extra in steps:
            channel = "zalo" if chat == "z" else "pretend"
            if presses:
                replies = await talk.send(chat, channel, kind="choice", choice=choice)
            else:
                text = said.replace("{code}", talk.code or extra)
                replies = await talk.send(chat, channel, text=text)
            assert replies
            for reply in replies:
                well_said(replace(reply, text=type(reply.text)(reply.text.replace("!", "."))), f"{choice} {said}")
        # However they went: everybody is somebody, and nobody has a role twice.
        assert (
            await rows(store, "select a.chat from address a left join person p on p.id = a.person where p.id is null")
            == []
        )
        held = await rows(store, "select person, role, unit from role where last = ''")
        assert len(held) == len(set(held))
    finally:
        await store.close()
