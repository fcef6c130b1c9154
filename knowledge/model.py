"""What a document says, as data: the shapes that the files in `documents/` are read into.

Every value here is immutable. Text is NFC. Dates have no time zone: they are calendar days
in Asia/Ho_Chi_Minh, the zone in which the documents were issued.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from knowledge.forms import Version

Kind = Literal[
    "definition",
    "criterion",
    "target",
    "deadline",
    "duty",
    "quota",
    "award",
    "task",
    "guidance",
    "form",
    "contact",
    "period",
    "signature",
    "gap",
]
KINDS: tuple[str, ...] = get_args(Kind)

Role = Literal["lead", "advise", "implement", "coordinate", "receive", "sign"]
ROLES: tuple[str, ...] = get_args(Role)

DeadlineKind = Literal["before", "by", "within", "yearly", "continuous", "event", "on_demand"]
DEADLINE_KINDS: tuple[str, ...] = get_args(DeadlineKind)

# Whom a deadline binds here: the ward's staff, or a level of government that no longer exists.
Binds = Literal["", "ward", "ended"]

Comparator = Literal[">", ">=", "<", "<=", "=", "range", "none"]
COMPARATORS: tuple[str, ...] = get_args(Comparator)

Status = Literal["con_thoi_han", "het_thoi_han", "co_quan_da_giai_the", "duoc_thay_the", "chua_ro"]
STATUSES: tuple[str, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as precise as the document is: a year, a month of a year, or a day; or a day every year."""

    raw: str
    year: int | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Deadline:
    """When something is due, itself and no other: in the document's own words and as far as it can be computed."""

    raw: str
    kind: DeadlineKind
    # What is due, as a phrase that can follow "Hạn ": "đăng ký công trình thi đua".
    what: str
    who: str = ""
    # Who receives it.
    to: str = ""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    # First and last day for `within`, both included.
    start: date | None = None
    end: date | None = None
    recurring: bool = False
    # Words by which a question picks this deadline among those of one entry.
    aliases: tuple[str, ...] = ()
    # Who is reminded of it: empty for nobody, because forms that units owe have the due day of their round.
    binds: Binds = ""


@dataclass(frozen=True, slots=True)
class Agencies:
    """Who does it, in one role. `label` is the document's own word for the role."""

    role: Role
    label: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A number in the document, itself and no other. `key` names the row when siblings differ by one word."""

    raw: str
    comparator: Comparator
    value: float
    unit: str
    # What is counted or measured.
    scope: str
    # Upper end of a range.
    value_max: float | None = None
    per: str = ""
    key: str = ""
    # Words by which a question picks this quantity or this row.
    aliases: tuple[str, ...] = ()
    # The row's own words; the entry's quote where this is empty.
    quote: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Exclusion:
    """What shuts a person or a unit out. `words` are what people type for it."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Award:
    """Who can be rewarded, how, and on which terms."""

    who: str
    form: str = ""
    conditions: tuple[str, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    # Least time in office, in months, and whether broken periods add up.
    tenure_months: int | None = None
    tenure_adds_up: bool = False
    # The comparator is a preference, not a condition.
    tenure_preferred: bool = False
    # Offices whose time counts.
    offices: tuple[str, ...] = ()
    times_max: int | None = None
    # Id of the entry that states these terms, quoted beside a verdict.
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Annex:
    """A paper that the document prescribes, as its entry describes it."""

    name: str
    columns: tuple[str, ...] = ()
    attached_to: str = ""
    sent_to: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach somebody that the document names."""

    channel: str
    value: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader must know beside the quote: a defect of the source, or what has changed since."""

    text: str
    # Where it comes from; always given where something has changed since.
    source: str = ""
    on: str = ""
    text_en: str = ""
    # First day on which it is true, where something changed; None: always.
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One clause, row or item of a document: the unit that an answer quotes."""

    id: str
    document: str
    kind: Kind
    # As a person would cite it: "mục II.6.a", "tiêu chí 3.15".
    section: str
    # A noun phrase that can stand in a sentence.
    title: str
    title_en: str
    # The document's own words; "[…]" stands between parts that are not adjacent.
    quote: str
    # What people ask for it, in their own words.
    questions: tuple[str, ...] = ()
    # Further ways to ask for it, never shown: indirect, half said, in dialect, in English.
    asked: tuple[str, ...] = ()
    # Nouns people use that the document does not.
    keywords: tuple[str, ...] = ()
    # The entry this one is an item of, and its place there.
    parent: str = ""
    order: int = 0
    # Number under which the document's own table lists it: "3.15".
    number: str = ""
    # Members of a list that have no entries of their own, in the document's words.
    items: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    agencies: tuple[Agencies, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    award: Award | None = None
    # Id of the entry whose award this one is a part of.
    award_from: str = ""
    form: Annex | None = None
    contacts: tuple[Contact, ...] = ()
    # Kinds of unit it is for, where the document limits it: "bản", "tổ dân phố".
    applies_to: tuple[str, ...] = ()
    # Attributes (ids of `lexicon/attributes.toml`) that people ask for and the text does not give.
    not_stated: tuple[str, ...] = ()
    # Attributes of the guarded list that this entry does give.
    states: tuple[str, ...] = ()
    # Ids of entries worth a look beside this one.
    see: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    def __hash__(self) -> int:
        # Ids are unique; the hash of all the fields would take as long as ranking it.
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Correction:
    """A scan error: what the source file has, and what the paper must have said."""

    wrong: str
    right: str
    where: str


@dataclass(frozen=True, slots=True)
class Document:
    """One official paper and everything it says."""

    id: str
    # File name in `knowledge/sources/`.
    source: str
    type: str
    # As printed, without spaces: "71/KH-UBND", "48-KH/ĐU"; "/KH-UBND" where the number is blank.
    number: str
    title: str
    title_en: str
    issuer: str
    # Short name of the place it is for, or of the paper where it names none.
    locality: str
    issued: PartialDate
    period: PartialDate
    period_start: date | None
    period_end: date | None
    status: Status
    # One sentence for the reader, with its source and the day it was checked.
    status_reason: Note
    organ: Literal["state", "party"]
    signer: str
    # What people call the document, and the places that mean it.
    names: tuple[str, ...]
    places: tuple[str, ...]
    corrections: tuple[Correction, ...]
    # Paragraphs that no entry quotes because they only open, close or decorate.
    ceremonial: tuple[str, ...]
    entries: tuple[Entry, ...]
    # First day on which the status holds; None: it always did.
    status_since: date | None = None
    # What it asks leaders to fill in.
    forms: tuple[Version, ...] = ()
    # Id of the entry that tells what it is about; empty: none does.
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """All documents, their entries by id, and forms by id."""

    documents: Mapping[str, Document]
    entries: Mapping[str, Entry] = field(default_factory=dict)
    # Forms that no document prescribes.
    own_forms: tuple[Version, ...] = ()
    # By the id of a list entry; every answer asks for some.
    _children: dict[str, tuple[Entry, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for entry in sorted(self.entries.values(), key=lambda entry: entry.order):
            if entry.parent:
                self._children[entry.parent] = (*self._children.get(entry.parent, ()), entry)

    @property
    def forms(self) -> dict[str, Version]:
        """The forms that can be opened now, by id; of two with one id the document's counts."""
        prescribed = [version for document in self.documents.values() for version in document.forms]
        return {version.form.id: version for version in (*self.own_forms, *prescribed)}

    def document_of(self, entry: Entry) -> Document:
        """The document that an entry stands in."""
        return self.documents[entry.document]

    def children(self, entry: Entry) -> tuple[Entry, ...]:
        """The items of a list entry, in the document's order."""
        return self._children.get(entry.id, ())
