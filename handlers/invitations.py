"""An invitation: a code that gives a role once, and the ways to hand it over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.enrolment import enrol_own
from handlers.passcodes import digest, fresh, written
from handlers.role_texts import role_in
from handlers.translation import SOURCE_LANGUAGE, Translator
from handlers.turn import Doors
from handlers.wording import capital, day, moment
from knowledge.unit_kinds import UNIT_KINDS
from knowledge.units import Ward
from storage.registry import Invitation, Registry, Role, UnitRow

# Who was invited on a Friday finds the code on Monday, and one that is lost does not lie about for long.
LASTS = timedelta(days=7)
LONGEST_NAME = 60
# Who made it, where it was made on the command line.
OPERATOR = "cli"
ROLES: tuple[Role, ...] = ("leader", "staff", "admin")
# Codes that an error names.
MOST_CODES = 20
_SPAN = re.compile(r"([1-9][0-9]{0,2})([hd])")
_LONGEST = timedelta(days=90)


class BadInvitation(ValueError):
    """An invitation that cannot be made on the command line: which option, what is wrong, what to do."""

    # The text is for whoever runs the bot.
    for_people = True


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    role: Role
    unit: str
    name: str
    # As typed: "7d", "12h".
    expires: str


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation that was just made; the code is not kept anywhere."""

    invitation: Invitation
    # Name of the unit.
    place: str
    # As people read it: "K7MR-3XPQ-9TWA"; and as a link takes it.
    code: str
    bare: str

    def links(self, doors: Doors) -> list[str]:
        """Links that hand the code over by themselves, Telegram's first."""
        return list(doors.links(self.bare).values())

    def handed_over(self, doors: Doors) -> str:
        """The best of them; the code itself where there is none."""
        return next(iter(self.links(doors)), self.code)


def issue(registry: Registry, role: Role, unit: UnitRow, name: str, by: str, lasts: timedelta = LASTS) -> Issued:
    """Make an invitation to a unit."""
    code = fresh("invitation", registry.code)
    kept = Invitation(digest("invitation", code), role, unit.code, registry.now + lasts, by, name[:LONGEST_NAME])
    registry.roles.invite(kept)
    return Issued(kept, unit.name, written("invitation", code), code)


def fits(role: Role, unit: UnitRow) -> bool:
    """Whether a role can be had in a unit: staff and admins serve the ward as a whole."""
    return role == "leader" or (unit.kind in UNIT_KINDS and UNIT_KINDS[unit.kind].ward)


def issue_wished(registry: Registry, ward: Ward, today: date, wish: Wish) -> Issued:
    """Make an invitation as the one who runs the bot. Raises `BadInvitation`."""
    found = _SPAN.fullmatch(wish.expires)
    lasts = timedelta(**{"days" if found[2] == "d" else "hours": int(found[1])}) if found else timedelta(0)
    if not timedelta(0) < lasts <= _LONGEST:
        raise BadInvitation(
            f"--expires: đọc được “{wish.expires[:20]}”; ghi như 7d (ngày) hoặc 12h (giờ), nhiều nhất 90d"
        )
    if len(wish.name) > LONGEST_NAME or not wish.name.isprintable():
        raise BadInvitation(f"--name: tên trên một dòng, nhiều nhất {LONGEST_NAME} chữ")
    enrol_own(registry, ward)
    unit = registry.units.get(wish.unit)
    if unit is None:
        codes = [row.code for row in registry.units.all()]
        more = f" và {len(codes) - MOST_CODES} mã nữa" if codes[MOST_CODES:] else ""
        raise BadInvitation(
            f"--unit: không có đơn vị “{wish.unit[:40]}”; các mã: {', '.join(codes[:MOST_CODES])}{more}"
        )
    if unit.valid_to and unit.valid_to < today:
        raise BadInvitation(f"--unit: {unit.name} đã hết từ ngày {day(unit.valid_to)}; chọn đơn vị khác")
    if not fits(wish.role, unit):
        raise BadInvitation(f"--unit: cán bộ, quản trị phục vụ cả phường; ghi --unit {ward.code}")
    return issue(registry, wish.role, unit, wish.name, OPERATOR, lasts)


def issued_lines(issued: Issued, doors: Doors, trouble: str, picture: object) -> Iterator[str]:
    """What the command line prints. `trouble`: why Telegram did not tell the bot's name; `picture`: a file, or None."""
    say = Translator(SOURCE_LANGUAGE)
    role = role_in(say, issued.invitation.role, issued.place).unescape()
    yield f"Mã mời: {issued.code}"
    yield f"{capital(role)}; dùng một lần, đến {moment(say, issued.invitation.expires)}."
    yield from issued.links(doors)
    if trouble:
        yield f"Chưa hỏi được Telegram tên của bot nên không có đường dẫn t.me: {trouble}"
    if not issued.links(doors):
        yield "Người được mời nhắn mã này cho bot."
    if picture:
        yield f"Mã QR: {picture}"
