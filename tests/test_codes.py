"""Codes: read however they are typed, and told from words and numbers."""

import re
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.passcodes import LENGTH, Purpose, digest, fresh, typed, written
from tests.test_invitations import PURPOSES

pytestmark = pytest.mark.anyio


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
