"""How the paper of a form looks, as data: which frame, which tables and texts, and what differs from the annex."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class When:
    """What is asked, or printed, only if a field was answered with one of some values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """A column of a printed table: heading, the field whose answers stand in it, width in mm."""

    heading: str
    field: str = ""
    width: int = 0


@dataclass(frozen=True, slots=True)
class PaperTable:
    """One of several tables that the rows are divided into; "{count}" in its heading is how many it holds."""

    heading: str
    # Column of the rows and the values of it that belong here.
    where: When


@dataclass(frozen=True, slots=True)
class PaperSection:
    """A part of a paper under one heading: lines, then answers, then a table of the rows of a field."""

    # "{count}" stands for the number of its rows.
    heading: str = ""
    # A field's id in braces stands for its answer, and for dots to write on where it has none.
    lines: tuple[str, ...] = ()
    # Fields whose answers follow, each under its question; alone, without the question.
    fields: tuple[str, ...] = ()
    rows: str = ""
    columns: tuple[PaperColumn, ...] = ()
    # Only rows, or only submissions, in which a column or field has one of some values.
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Covering:
    """The letter that goes before a list (tờ trình), in the ward's name."""

    about: str
    to: str = ""
    # Italic lines with what it rests on, then what is asked.
    grounds: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How the paper looks: which frame, whose header, and what stands above the answers.

    In its texts "{year}", "{period}", "{ward}" and "{unit}" stand for those of the submission, "{number}" and "{day}"
    for what staff typed, or room to write it, and "{…}" with the id of a field for its answer as people read it.
    """

    # table: a row for each registered thing; checklist: Có / Không; list: award list; minutes: Mẫu số 03;
    # report: four parts.
    kind: Literal["table", "checklist", "list", "minutes", "report"] = "report"
    header: Literal["state", "party", "none"] = "none"
    landscape: bool = False
    title: str = ""
    subtitle: str = ""
    # Italic line under the title: "(Ban hành kèm theo …)".
    attached: str = ""
    # Where the form is printed, for people who compare: "Phụ lục I". It does not stand on the paper.
    annex: str = ""
    columns: tuple[PaperColumn, ...] = ()
    # The rows field whose rows fill the table, or several tables.
    rows: str = ""
    tables: tuple[PaperTable, ...] = ()
    # Lines under the table, as printed, and what stands over each blank for a signature, left to right; below it,
    # on lines of their own, in brackets how to sign, and in braces the field with the name.
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    # Every difference from the printed annex, each with its reason.
    deviations: tuple[str, ...] = ()
    # Of the number of the paper: "BC-UBND". Empty: it has none.
    symbol: str = ""
    # Instead of `rows` and `columns` where there is more than one part.
    sections: tuple[PaperSection, ...] = ()
    covering: Covering | None = None


# Of a form that says nothing about its paper.
PLAIN = Layout()
