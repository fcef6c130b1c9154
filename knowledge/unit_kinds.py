"""Kinds of unit as the documents call them, and the words by which people mean them (`lexicon/roster.toml`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomli

from knowledge.folding import folded_words, toned
from knowledge.lexicon import LEXICON_DIR


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A kind of unit. `home`: people live there; `ward`: the other units belong to it."""

    name: str
    aliases: tuple[str, ...] = ()
    home: bool = False
    ward: bool = False


def read_roster_words() -> dict[str, Any]:
    """The tables of `lexicon/roster.toml`."""
    with (LEXICON_DIR / "roster.toml").open("rb") as file:
        return tomli.load(file)


def _kinds(tables: Sequence[Mapping[str, Any]]) -> dict[str, UnitKind]:
    return {
        table["name"]: UnitKind(
            table["name"], tuple(table.get("aliases", ())), table.get("home", False), table.get("ward", False)
        )
        for table in tables
    }


UNIT_KINDS: Mapping[str, UnitKind] = _kinds(read_roster_words()["kinds"])


def meant_kinds(text: str) -> list[UnitKind]:
    """The kinds that a text may mean: one where it is clear, several where tones are missing, else none."""
    words = folded_words(text)
    near = [kind for kind in UNIT_KINDS.values() if words in map(folded_words, (kind.name, *kind.aliases))]
    if text.isascii():
        return near
    return [kind for kind in near if toned(text) in map(toned, (kind.name, *kind.aliases))] or near
