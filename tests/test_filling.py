"""Filling in: every form that ships can be filled in by typing, and says only what is fit to be said."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation import Reply
from knowledge.field_values import read, shown
from knowledge.forms import version_of
from knowledge.steps import Owner, missing
from storage import open_store
from storage.registry import Registry, Submission
from storage.store import Store
from tests.databases import new_file
from tests.leader import Leader
from tests.talk import TODAY, Talk, knowledge, labels, plain
from tests.test_conversations import well_said

pytestmark = pytest.mark.anyio

FORMS = sorted(knowledge().library.forms)
# Typed messages, and presses, that the self-assessment may take at most.
MOST_TYPED, MOST_PRESSES = 12, 60
# A clause asked for in the middle may be shown whole.
MOST_TEXT = 1100


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(new_file(tmp_path / "talk.db"))
    await store.open(sole=True)
    await store.beat()
    yield store
    await store.close()


def owing(form: str, unit: str = "thu") -> dict[str, Any]:
    """A unit that owes a form, its leader, and an open round."""
    kinds = knowledge().library.forms[form].form.units
    kind = kinds[0] if kinds else "tổ dân phố"
    return {
        "units": [{"code": unit, "name": "Đơn vị thử", "kind": kind}],
        "roles": {"an": f"leader:{unit}"},
        "names": {"an": "Trần Thị Lan"},
        "rounds": [{"form": form, "units": [unit]}],
    }


class Watched:
    """A talk of which every reply is looked at."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.replies: list[Reply] = []

    async def say(self, text: str) -> None:
        self.replies = await self.talk.send(text=text)
        for reply in self.replies:
            well_said(reply, text)


async def begun(store: Store, form: str) -> tuple[Leader, Watched, Submission]:
    """A leader who has just opened a form."""
    talk = Talk(store)
    await talk.cast(owing(form))
    watched = Watched(talk)
    await watched.say("biểu mẫu")
    await watched.say("1")
    found = await store.registry_read(lambda registry: registry.submissions.of_unit("thu"))
    leader = Leader(store, watched.say, found[0].by)
    leader.typed += ["biểu mẫu", "1"]
    return leader, watched, found[0]


@pytest.mark.parametrize("form", FORMS)
async def test_a_form_is_filled_in_by_typing(form: str, store: Store) -> None:
    leader, watched, submission = await begun(store, form)
    sent = await leader.fill_in(submission.id, rows_wanted=2)
    assert sent.state == "submitted", plain(watched.replies)
    assert sent.code in plain(watched.replies)


async def test_a_self_assessment_takes_few_messages(store: Store) -> None:
    leader, _, submission = await begun(store, "tp-tu-danh-gia")
    sent = await leader.fill_in(submission.id)
    print(f"{len(leader.typed)} messages: {leader.typed}")
    assert sent.state == "submitted"
    assert len(leader.typed) <= MOST_TYPED
    answers = await store.registry_read(lambda registry: registry.submissions.answers(sent.id))
    # Both rows 4.5 among them; 2.9 and 2.10 are for a bản.
    assert len(answers) == 46


async def test_a_self_assessment_takes_few_presses(store: Store) -> None:
    talk = Talk(store)
    await talk.cast(owing("tp-tu-danh-gia"))
    presses = ["biểu mẫu"]
    replies = await talk.send(text="biểu mẫu")
    while presses[-1] != "Gửi cho phường":
        offered = labels(replies)
        wanted = ("Trả lời từng mục", "Có", "Không xảy ra", "Gửi cho phường", "Làm: Tự đánh giá tổ dân phố, bản")
        label = next(one for one in wanted if one in offered)
        presses.append(label)
        replies = await talk.press(label)
    print(f"{len(presses)} presses")
    assert "Đã gửi" in plain(replies)
    assert len(presses) <= MOST_PRESSES


async def test_who_would_rather_stay_goes_on_where_they_were(store: Store) -> None:
    talk = Talk(store)
    await talk.cast(owing("tp-tu-danh-gia"))
    await talk.send(text="biểu mẫu")
    await talk.send(text="1")
    asked_before = await talk.send(text="không hết")
    assert "Làm tiếp" in labels(await talk.send(text="hủy"))
    assert await talk.press("Làm tiếp") == asked_before


async def test_words_that_the_english_sentences_name_are_understood(store: Store) -> None:
    talk = Talk(store)
    await talk.cast(owing("kh41-dang-ky"))
    await talk.send(text="language")
    for typed, said in [
        ("english", "From now on I answer in English"),
        ("forms", "not begun"),
        ("1", "No rows yet"),
        ("add", "row 1"),
        ("review", "Still missing"),
        ("edit 1", "No rows yet"),
        ("save", "0/1 items"),
        ("forms", "half done"),
        ("1", "No rows yet"),
        *(("add", "row 1"), ("1", ""), ("1", ""), ("Tặng quà", ""), ("5/2026", ""), ("10 hộ", "Yes")),
        ("no", "1. "),
        ("edit row 1", "Choose what to change"),
        ("back", "1. "),
        ("delete 1", "Delete the row"),
        ("keep it", "1. "),
        ("done", "Works registered: 1"),
        ("cancel", "Leave"),
        ("go on", "Works registered: 1"),
        ("send", "was sent on"),
    ]:
        replies = await talk.send(text=typed)
        assert said in plain(replies) + " ".join(labels(replies)), (typed, plain(replies))


WORDS = [
    *("có", "không", "có hết", "1 có 2 không", "không áp dụng", "12", "45/60", "20/11/2026", "19h30", "0912345678"),
    *("quay lại", "xem lại", "lưu", "hủy", "/huy", "bỏ qua", "tiếp", "gửi", "sửa 1", "sửa 3.15", "sửa dòng 1", "xóa 1"),
    *(
        "thêm",
        "xong",
        "biểu mẫu",
        "/bieumau",
        "1",
        "2",
        "99",
        "hạn nộp khi nào?",
        "5 không là gì",
        "cháy nhà",
        "cảm ơn",
    ),
    *("không phải", "dạ có ạ", "xóa dòng 2", "!" * 3, "dữ liệu của tôi", "Huy", "gửi đi"),
    *("số liệu", "số liệu 3.3", "số liệu 4.5 (trẻ em)", "gợi ý khác", "K7MR-3XPQ-9TWA"),
    *("3/2012 - nay", "Nguyễn Văn An", "=SUM(A1)", "<b>x</b>", "…", "-", "/start", "/trogiup", "menu"),
]
DOES = st.one_of(
    st.sampled_from(WORDS),
    # A button of any message, by its place from the newest.
    st.integers(0, 30),
    st.text(max_size=200),
    st.sampled_from([("photo", ""), ("file", "bài của tôi"), ("sticker", ""), ("voice", ""), ("edited", "có")]),
)


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.sampled_from(FORMS), known=st.integers(0, 20), steps=st.lists(DOES, min_size=4, max_size=20))
async def test_whatever_happens_in_a_form_is_answered_and_harms_nothing(
    form: str, known: int, steps: list[int | str | tuple[str, str]], store: Store
) -> None:
    """Somewhere in a form; and whoever then knows the answers gets to its end."""
    chat = secrets.token_hex(4)
    cast = owing(form, chat) | {"roles": {chat: f"leader:{chat}"}, "names": {}}
    cast["rounds"][0]["id"] = chat
    talk = Talk(store)
    await talk.cast(cast)
    values: list[str] = []

    async def does(step: int | str | tuple[str, str]) -> None:
        match step:
            case int():
                replies = await talk.send(kind="choice", choice=values[-1 - step % len(values)], chat=chat, message="1")
            case str():
                replies = await talk.send(text=step, chat=chat)
            case (kind, text):
                files: list[dict[str, str]] = [{}] if kind in ("photo", "file") else []
                replies = await talk.send(kind=kind, text=text, chat=chat, files=files)
        assert replies, step
        for reply in replies:
            whole = len(reply.text) > MOST_TEXT
            well_said(replace(reply, text=type(reply.text)(reply.text.replace("!", "."))), f"{step}", whole=whole)
            # Who takes consent back, or tries another role, fills in nothing any more.
            leaving = ("thongbao", "dulieu", "vaitro")
            values.extend(choice.value for choice in reply.choices if not choice.value.startswith(leaving))

    async def newest() -> Submission:
        return (await store.registry_read(lambda registry: registry.submissions.of_unit(chat)))[0]

    await does("biểu mẫu")
    await does("1")
    begun = await newest()
    leader = Leader(store, does, begun.by)
    await leader.fill_in(begun.id, messages=known)
    for step in steps:
        await does(step)
    await store.registry_read(lambda registry: sound(registry, chat))
    if (await newest()).state != "submitted":
        await does("biểu mẫu")
        values += [choice.value for choice in talk.replies[0].choices if choice.label.startswith("Làm")][:1]
        await does(0)
        sent = await leader.fill_in((await newest()).id)
        assert sent.state == "submitted", plain(talk.replies)


def sound(registry: Registry, unit: str) -> None:
    """Every answer belongs to a field of its form, and reads as what it is; what was sent lacks nothing."""
    row = registry.units.get(unit)
    assert row
    for submission in registry.submissions.of_unit(unit):
        form = version_of(registry.rounds.version(submission.version)).form
        answers = registry.submissions.answers(submission.id)
        if submission.state == "submitted":
            known = {path: answer.value for path, answer in answers.items()}
            assert missing(form, Owner(row.kind, row.attributes), known) == []
        for path, answer in answers.items():
            name, _, rest = path.partition("/")
            field = form.field(name.split("#")[0])
            assert field or path.startswith("@"), path
            column = next((c for c in field.columns if rest.endswith(f"/{c.id}")), None) if field and rest else field
            assert column or path.startswith("@"), path
            if column and answer.value is not None and "#" not in path and column.kind not in ("rows", "files"):
                assert read(column, shown(column, answer.value), TODAY) == answer.value, path
