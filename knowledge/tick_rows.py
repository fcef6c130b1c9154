"""The rows of a list as people name them: by their own number, or by their place in what is shown."""

import re
from collections.abc import Sequence

from knowledge.folding import aligned, fold
from knowledge.forms import Field

_GAP = re.compile(r"[\s()]+")
_PLAIN = re.compile(r"\d{1,3}(?:\.\d{1,3})*(?![\d%/]|\.\d|\s*%)")
_COMMA = re.compile(r"(\d{1,3}),(\d{1,3})(?![\d,])")
_LETTERS = "abcdefgh"


class Rows:
    """Rows that are shown together, and everything that people may call them."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields = tuple(fields)
        self._named = _names(self.fields)
        spelled = map(_spelling, sorted(self._named, key=len, reverse=True))
        self._own = re.compile("|".join(spelled)) if self._named else None

    def at(self, text: str, place: int) -> tuple[int, tuple[Field, ...]] | None:
        """Where a row's name that begins at a place of an aligned text ends, and the rows that it may mean.

        Several: it is not clear which. None of them: there is no such row here. No result: no name begins here.
        """
        comma = _COMMA.match(text, place)
        if comma and (own := self._named.get(f"{comma[1]}.{comma[2]}")):
            # "3,15" is 3.15, unless there are rows 3 and 15 as well.
            apart = (self._by_number(comma[1]), self._by_number(comma[2]))
            return comma.end(), (*own, *apart[0], *apart[1]) if all(apart) else own
        match = self._own.match(text, place) if self._own else None
        if match:
            return match.end(), self._named[_GAP.sub(" ", match[0]).strip()]
        match = _PLAIN.match(text, place)
        return (match.end(), self._by_number(match[0])) if match else None

    def between(self, first: Field, last: Field) -> tuple[Field, ...]:
        """Rows from one to another; none where they stand the other way round."""
        return self.fields[self.fields.index(first) : self.fields.index(last) + 1]

    def _by_number(self, number: str) -> tuple[Field, ...]:
        own = self._named.get(number) or self._named.get(number.lstrip("0"))
        if own or not number.isdigit() or int(number) == 0:
            return own or ()
        return self.fields[int(number) - 1 : int(number)]


def _names(fields: Sequence[Field]) -> dict[str, tuple[Field, ...]]:
    """Rows by name. Two that share a printed number, "4.5 (trẻ em)" and "4.5 (dân số)", are 4.5a and 4.5b as well."""
    named: dict[str, tuple[Field, ...]] = {}
    for field in fields:
        number = aligned(field.number)
        for name in {_GAP.sub(" ", number).strip(), number.partition("(")[0].strip()} - {""}:
            named[name] = (*named.get(name, ()), field)
    for name, twins in list(named.items()):
        for letter, field in zip(_LETTERS, twins, strict=False) if len(twins) > 1 else ():
            named.setdefault(name + letter, (field,))
    return named


def _spelling(name: str) -> str:
    """A pattern for a name whose brackets may be missing; "3.1" is not the beginning of "3.15" or "3.1/4"."""
    end = r"(?![a-z])\)?" if name[-1].isalpha() else r"(?![\d%/]|\.\d|\s*%)"
    return r"[\s(]*".join(map(re.escape, name.split())) + end


def counted(fields: Sequence[Field]) -> dict[str, str]:
    """Folded words for what rows count besides shares, by each way to say it: "nam" and "nam lien tuc"."""
    units = [fold(field.target.unit) for field in fields if field.target and not field.share]
    return {said: unit for unit in units if unit != "%" for said in (unit, unit.split()[0])}
