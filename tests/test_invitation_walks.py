"""Whatever people do with codes and roles, every reply is polite."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import open_store
from tests.databases import new_file, rows
from tests.talk import Talk
from tests.test_conversations import well_said
from tests.test_invitations import hands, store

__all__ = ["hands", "store"]

pytestmark = pytest.mark.anyio


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
