"""What few words below a message of the ward mean: read, once more, no more of these, whose they are.

Many who get announcements type few words, without diacritics, and not those of a button.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from handlers.commands import folded

Meaning = Literal["on again", "again", "no more", "off", "never mind", "read", "who"]

# Words around the one that counts: who speaks, to whom, how kindly.
_AROUND = frozenset(
    {
        *("toi", "minh", "ba", "ong", "bac", "chau", "em", "co", "chu", "chi", "anh", "con", "may", "cai"),
        *("oi", "a", "ah", "da", "vang", "u", "uh", "ok", "xin", "lam", "on", "voi", "giup", "cho", "please"),
        *("nhe", "nha", "nhi", "di", "roi", "nua", "nay", "do", "day", "ay", "luon", "het", "nao", "gi", "qua"),
        *("the", "vay", "muon", "can", "phai", "thi", "la", "ma", "cua", "phuong", "dau", "hoai"),
    }
)
_NO = frozenset({"dung", "ngung", "thoi", "khoi", "khong", "ko", "k", "tat", "bo", "chan", "huy"})
_NEWS = frozenset({"gui", "nhan", "tin", "thong", "bao", "nhan tin", "dang", "ky", "lai"})
# More words are a sentence of its own.
_MOST = 12
# Of these something has to be there for "no more" to be about messages.
_SENT = frozenset({"gui", "nhan", "tin", "thong"})
# "Phiền quá" says why.
_WHY = frozenset({"phien"})
_LATEST = re.compile(
    r"(?:hom nay )?(?:phuong )?(?:minh )?(?:co )?(?:tin|thong bao)(?: tuc)?(?: gi(?: moi)?| moi(?: nhat)?)"
    r"(?: khong| ko| the| vay| a)*|(?:any )?(?:latest |new )?(?:news|announcements)"
)
_ENGLISH: Mapping[str, Meaning] = {
    **dict.fromkeys(
        ("stop sending me messages", "stop sending messages", "no more messages", "no more news"), "no more"
    ),
    **dict.fromkeys(("send again", "send it again", "show it again", "resend"), "again"),
    **dict.fromkeys(("i have read it", "i read it", "have read it"), "read"),
}
_ONLY_NO = frozenset({"tat", "phien", "stop", "unsubscribe"})
_NEVER_MIND = frozenset({"thoi", "thoi khoi", "khong can", "thoi khong can", "khoi can", "dung lai", "thoat"})
_AGAIN = frozenset({"gui", "xem", "doc", "noi", "nhac"})
READING = frozenset({"doc", "xem", "nhan", "nghe", "read"})
_KNOWING = READING | {"ro", "biet", "hieu"}
_KNOWN = _KNOWING | {"duoc", "xong", "tin", "thong", "bao"}
_WHO = frozenset(
    {
        "ai gui",
        "tin cua ai",
        "ai gui tin",
        "tin ai gui",
        "co that khong",
        "that khong",
        "tin that khong",
        "tin co that khong",
        "co phai lua dao khong",
        "tin co phai lua dao khong",
        "tin lua dao khong",
        "co phai that khong",
        "who sent",
    }
)


def _core(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _AROUND]


def _no_more(words: Sequence[str]) -> bool:
    """“dung gui nua”, “khong muon nhan tin nay nua”, “tat thong bao di”."""
    core = set(_core(words))
    return bool(core & _NO) and bool(core & _SENT) and core <= _NO | _NEWS | _WHY and not _cancels(core)


def _cancels(core: set[str]) -> bool:
    # “hủy thông báo” is what staff say of their own; of one's own receiving it is “hủy nhận tin”.
    return "huy" in core and not core & {"nhan", "dang"}


def _off(words: Sequence[str]) -> bool:
    """“tat di”, “phien qua”, “stop”."""
    core = _core(words) or [word for word in words if word == "stop"]
    return len(core) == 1 and core[0] in _ONLY_NO


def _lets_be(words: Sequence[str]) -> bool:
    """“thoi khoi”, “khong can dau”."""
    return " ".join(word for word in words if word == "can" or (word not in _AROUND and word != "dau")) in _NEVER_MIND


def _on_again(words: Sequence[str]) -> bool:
    """“nhan lai”, “bat thong bao lai”."""
    core = set(_core(words))
    turned_on = bool(core & {"bat", "mo"} or {"muon", "nhan"} <= set(words)) and bool(core & {"tin", "thong"})
    return core <= {"bat", "mo", *_NEWS} and (turned_on or ("lai" in core and bool(core & {"bat", "nhan"})))


def _repeats(words: Sequence[str]) -> bool:
    """“gui lai”, “doc lai tin nay di”."""
    if _LATEST.fullmatch(" ".join(words)):
        return True
    core = set(_core(words))
    return "lai" in core and bool(core & _AGAIN) and core <= _AGAIN | {"lai", "tin", "thong", "bao", "lan"}


def _knows(words: Sequence[str]) -> bool:
    """“da doc roi”, “ba biet roi chau oi”, “doc xong tin roi”."""
    core = set(_core(words))
    return bool({"roi", "da", "xong"} & set(words)) and core <= _KNOWN and bool(core & _KNOWING)


def _doubts(words: Sequence[str]) -> bool:
    """“ai gui vay”, “tin nay cua ai”."""
    return " ".join(word for word in words if word not in {"nay", "vay", "the", "day", "do", "a", "ha"}) in _WHO


def meaning(text: str) -> Meaning | None:
    """What the words of a person mean, if they are about messages of the ward and nothing else."""
    words = folded(text).split()
    if not 0 < len(words) <= _MOST:
        return None
    english = _ENGLISH.get(" ".join(word for word in words if word != "please"))
    return english or next((name for name, meant in _MEANINGS.items() if meant(words)), None)


def said_of(text: str) -> frozenset[str]:
    """The words of a short text, folded."""
    return frozenset(folded(text).split())


# In this order: “thoi khong can gui nua” says more than “thoi”.
_MEANINGS: Mapping[Meaning, Callable[[Sequence[str]], bool]] = {
    "on again": _on_again,
    "again": _repeats,
    "no more": _no_more,
    "off": _off,
    "never mind": _lets_be,
    "read": _knows,
    "who": _doubts,
}
