"""What a paper is made of: a form, whose it is, and the submissions that fill it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from knowledge.folding import fold
from knowledge.forms import Form, Version
from storage.registry import State, UnitRow

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
# What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets), beside lone surrogates.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")

# A cell of a workbook holds 32,767 characters (ECMA-376, Excel's limits).
MOST_LETTERS = 32_000


class NoPaper(Exception):
    """There is nothing to make the file from; the text is one Vietnamese sentence that says what to do."""

    # On the command line the text is for whoever asked for the file.
    for_people = True


@dataclass(frozen=True, slots=True)
class Filled:
    """One submission as it is printed."""

    unit: UnitRow
    # By path: "field", "field/row/column", "field#".
    answers: Mapping[str, object]
    code: str = ""
    state: State = "accepted"
    # Who filled it in.
    by: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One file to be made. What is empty is left out, or left blank to be written by hand."""

    version: Version
    # "phường Tân Phong"
    ward: str
    filled: tuple[Filled, ...]
    # What the round is about: "năm 2026".
    period: str = ""
    # The body above the ward, as printed: "ỦY BAN NHÂN DÂN TỈNH LAI CHÂU".
    parent: str = ""
    signer: str = ""
    # Number and day of issue, where staff typed them.
    number: str = ""
    day: date | None = None
    # The day on which the file is made, and who asked for it.
    made: date | None = None
    asked_by: str = ""
    # What staff entered for the round: "as_of", the day on which time in office is counted.
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def form(self) -> Form:
        """The form whose paper it is."""
        return self.version.form

    @property
    def as_of(self) -> date | None:
        """The day on which time in office is counted: as staff set it, else the day on which the file is made."""
        return iso_day(self.settings.get("as_of", "")) or self.made

    @property
    def year(self) -> str:
        """The year that it is about, or dots."""
        found = _YEAR.search(self.period)
        return found[0] if found else str(self.day.year) if self.day else "……"


def iso_day(text: str) -> date | None:
    """The day of an ISO 8601 text; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def clean(value: object) -> str:
    """Text as a file can hold it: NFC, line ends as "\\n", without what XML cannot say, cut at a cell's limit."""
    text = str(value)
    # Nearly all of a large file: nothing that is printable and composed needs any change.
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text[:MOST_LETTERS]
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _ILLEGAL.sub("", text)[:MOST_LETTERS]


def file_name(form: Form, unit: str, on: date | None, suffix: str) -> str:
    """A name of lower-case ASCII letters: form, unit, day."""
    parts = [slug(form.id), slug(unit), on.isoformat() if on else ""]
    return "_".join(part for part in parts if part) + suffix


def slug(text: str) -> str:
    """The text in lower-case ASCII letters, digits and hyphens, at most 40 of them."""
    return _NOT_IN_NAMES.sub("-", fold(text))[:40].strip("-")
