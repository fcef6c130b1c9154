"""The frames of papers: who writes, number and day, title, covering letter, and who signs.

State papers follow Nghị định 30/2020/NĐ-CP, Phụ lục I; Party papers Quy định 399-QĐ/TW with Hướng dẫn 05-HD/VPTW,
sizes as in 36-HD/VPTW. The two are never mixed: a layout has one of them, or none.
"""

import re
from collections.abc import Mapping

from knowledge.layouts import Layout
from papers.blocks import Block, Hand, Letterhead, Line, Sheet, Signing, Title
from papers.filling import GAP, fill, padded, said, spelled, submission, words
from papers.paper import Filled, Paper, clean

_WARD_KINDS = ("phường", "xã", "thị trấn", "đặc khu")
_KIND_OF_WARD = re.compile(rf"^(?:{'|'.join(_WARD_KINDS)})\s+", re.IGNORECASE)
# Papers of their own have a number or a day; tables that go with another paper have neither.
_DATED = ("minutes", "report")
_BY_HAND = "(Ký, ghi rõ họ tên)"
# Who signs a unit's paper, by the unit's kind.
_HEADS = {"tổ dân phố": "TỔ TRƯỞNG", "thôn": "TRƯỞNG THÔN", "bản": "TRƯỞNG BẢN", "chi bộ cơ sở": "BÍ THƯ"}
_ANY_HEAD = "ĐẠI DIỆN ĐƠN VỊ"
# A signer that begins so is an office without a name.
_OFFICES = ("CHỦ TỊCH", "PHÓ ", "BÍ THƯ", "TRƯỞNG ", "TỔ TRƯỞNG", "HIỆU TRƯỞNG", "GIÁM ĐỐC")
# In whose name the ward's papers are signed, who does, and the words of who does it in their place.
_COMMITTEES = {"state": ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "KT."), "party": ("T/M ĐẢNG ỦY", "BÍ THƯ", "K/T")}


def letterhead(paper: Paper, filled: Filled | None) -> list[Block]:
    """The two columns at the top; the ward's own without a submission, none where the layout asks for none."""
    layout = paper.form.layout
    if layout.header == "none":
        return []
    dated = f"{place(paper.ward)}, {spelled(paper.day)}" if layout.kind in _DATED else ""
    parent, issuer = _bodies(paper, filled, layout)
    # Residential groups are no administrative level: their papers have no office's number.
    number = numbered(paper, layout.symbol) if own_of_ward(filled) else ""
    return [Letterhead(layout.header, parent, issuer, number, dated)]


def _bodies(paper: Paper, filled: Filled | None, layout: Layout) -> tuple[str, str]:
    """The body above and the body that writes, in capitals."""
    ward = clean(paper.ward).upper()
    own = own_of_ward(filled)
    if layout.header == "party":
        committee = f"ĐẢNG ỦY {ward}"
        return (clean(paper.parent).upper(), committee) if own else (committee, _name(filled))
    if own:
        return clean(paper.parent).upper(), f"ỦY BAN NHÂN DÂN {ward}"
    return f"UBND {ward}", _name(filled)


def own_of_ward(filled: Filled | None) -> bool:
    """Whether a paper is the ward's own, not one of its units'."""
    return filled is None or filled.unit.kind in _WARD_KINDS


def _name(filled: Filled | None) -> str:
    return clean(filled.unit.name).upper() if filled else ""


def numbered(paper: Paper, symbol: str) -> str:
    """ "Số: 05/BC-UBND" of the state, "Số 05-BC/ĐU" of the Party; without a symbol the paper has no number."""
    if not symbol:
        return ""
    number = padded(clean(paper.number)) or GAP
    return f"Số {number}-{symbol}" if paper.form.layout.header == "party" else f"Số: {number}/{symbol}"


def place(ward: str) -> str:
    """The name of the ward as it stands before a date: "Tân Phong"."""
    return _KIND_OF_WARD.sub("", clean(ward))


def head(paper: Paper, filled: Filled | None) -> list[Block]:
    """The title, and the unit's name above the answers where no letterhead says it."""
    layout = paper.form.layout
    known = words(paper, filled)
    if filled:
        known = said(submission(paper.form, filled), known)
    title = fill(layout.title or paper.form.title, known).upper()
    blocks: list[Block] = [
        Title(
            title,
            fill(layout.subtitle, known),
            fill(layout.attached, known),
            ruled=layout.kind in _DATED and layout.header != "none",
            large=layout.header == "party",
        )
    ]
    named = "{unit}" in layout.title + layout.subtitle + layout.attached
    if filled and layout.header == "none" and not named:
        unit, ward = clean(filled.unit.name), clean(paper.ward)
        blocks.append(Line(f"Đơn vị: {unit}" if unit == ward else f"Đơn vị: {unit}, {ward}"))
    return blocks


def covering(paper: Paper, count: str) -> tuple[Sheet, ...]:
    """The letter before a list of so many; none where the layout has none."""
    letter = paper.form.layout.covering
    if letter is None:
        return ()
    known = words(paper) | {"count": count}
    ward = clean(paper.ward).upper()
    dated = f"{place(paper.ward)}, {spelled(paper.day)}"
    number = f"Số: {padded(clean(paper.number)) or GAP}/TTr-UBND"
    blocks: list[Block] = [
        Letterhead("state", clean(paper.parent).upper(), f"ỦY BAN NHÂN DÂN {ward}", number, dated),
        Title("TỜ TRÌNH", fill(letter.about, known), ruled=True),
        Line(f"Kính gửi: {fill(letter.to or '{to}', known)}", "centre"),
        *(Line(fill(line, known), "italic") for line in letter.grounds),
        *(Line(fill(line, known)) for line in letter.lines),
        Signing(_ward_signs(paper), tuple(clean(line) for line in letter.receivers)),
    ]
    return (Sheet("Tờ trình", tuple(blocks)),)


def signing(paper: Paper, filled: Filled | None) -> list[Block]:
    """Who signs: those whom the layout names, else the one who signs for the round."""
    known = words(paper, filled)
    if filled:
        known = said(submission(paper.form, filled), known)
    hands = tuple(_hand(text, known) for text in paper.form.layout.signatures) or _signers(paper, filled)
    return [Signing(hands)] if hands else []


def _hand(text: str, known: Mapping[str, str]) -> Hand:
    """A block from its lines: as whom; in brackets, how; and the name, a line that begins with a name in braces."""
    lines = [line.strip() for line in text.split("\n")]
    name = "".join(line for line in lines if line.startswith("{"))
    note = "".join(line for line in lines if line.startswith("("))
    title = "\n".join(line for line in lines if line and line[0] not in "{(")
    return Hand(fill(title, known), clean(note), fill(name, known, dots=""))


def _signers(paper: Paper, filled: Filled | None) -> tuple[Hand, ...]:
    """The ward signs its own papers; a unit's are signed by its head, and confirmed by who signs for the round."""
    if own_of_ward(filled):
        return _ward_signs(paper)
    title = _HEADS.get(filled.unit.kind, _ANY_HEAD) if filled else _ANY_HEAD
    head = Hand(title, _BY_HAND)
    name, office = _named(paper.signer)
    if not (name or office):
        return (head,)
    confirms = f"XÁC NHẬN CỦA\n{clean(paper.ward).upper()}"
    return (Hand(f"{confirms}\n{office}".strip(), "", name), head)


def _ward_signs(paper: Paper) -> tuple[Hand, ...]:
    """In the name of the whole committee; a deputy in the head's place (NĐ 30/2020, Phụ lục I; HD 36-HD/VPTW)."""
    name, office = _named(paper.signer)
    if paper.form.layout.header == "none":
        return (Hand(office, _BY_HAND, name),) if name or office else ()
    whole, head, instead = _COMMITTEES[paper.form.layout.header]
    below = f"{instead} {head}\n{office}" if office == f"PHÓ {head}" else office or head
    return (Hand(f"{whole}\n{below}", "", name),)


def _named(signer: str) -> tuple[str, str]:
    """Name and, in capitals, office of "Nguyễn Văn A, Chủ tịch"; either may be missing."""
    first, comma, second = (part.strip() for part in clean(signer).partition(","))
    if not comma and first.upper().startswith(_OFFICES):
        return "", first.upper()
    return first, second.upper()
