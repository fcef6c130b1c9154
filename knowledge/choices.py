"""What is asked back where a question fits several papers or topics."""

from collections.abc import Collection, Sequence

from knowledge.deciding import has_field, wanted_kind
from knowledge.model import Entry, Library
from knowledge.ranking import Match
from knowledge.reading import Reading

MOST_CHOICES = 5
# Words of a question that may mean several papers, and how near their entries must come to the best one.
RIVAL_WORDS = 8
RIVAL = 0.7
RIVAL_COVER = 0.9
# … for one more line on another paper.
ELSEWHERE = 0.6
ELSEWHERE_COVER = 0.65
# Share of a question's weight that the best entry must have for a choice to make sense.
COVERED = 0.6


class Choices:
    """Finds the entries between which a person is to choose."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def rivals(self, reading: Reading, matches: Sequence[Match], home: Collection[str]) -> tuple[Entry, ...]:
        """Entries of several documents that fit a short question equally well."""
        found = self._rivals(reading, matches, home) if len(reading.content) <= RIVAL_WORDS else ()
        # Where each has only the name, there is nothing to choose.
        return () if all(entry.kind == "gap" for entry in found) else found

    def elsewhere(self, reading: Reading, matches: Sequence[Match], home: Collection[str]) -> Entry | None:
        """The entry of another document that fits a longer question as well as the first one."""
        # A number or a date of another paper is easily taken for the one that was asked for.
        exact = reading.asks("how_many", "when", "late")
        least = (RIVAL, RIVAL_COVER) if exact else (ELSEWHERE, ELSEWHERE_COVER)
        found = self._rivals(reading, matches, home, *least)[1:2]
        return found[0] if found else None

    def _rivals(
        self,
        reading: Reading,
        matches: Sequence[Match],
        home: Collection[str],
        near: float = RIVAL,
        cover: float = RIVAL_COVER,
    ) -> tuple[Entry, ...]:
        if reading.documents or reading.earlier:
            return ()
        best: dict[str, Match] = {}
        for match in matches:
            best.setdefault(match.entry.document, match)
        top = matches[0]
        close = [m for m in best.values() if m.score > near * top.score and m.covered >= cover * top.covered]
        if top.entry.kind == wanted_kind(reading):
            # What only names the thing has no criterion to choose.
            close = [match for match in close if match.entry.kind != "gap"]
        if top.entry.document in home or len(close) < 2 or top.covered < COVERED:
            return ()
        return tuple(match.entry for match in close[:MOST_CHOICES])

    def within(self, reading: Reading, matches: Sequence[Match]) -> tuple[Entry, ...]:
        """For a question without a topic about one document: its best entries that have the asked field."""
        facet = reading.facets[0] if reading.facets else ""
        found = [m.entry for m in matches if m.entry.kind not in ("gap", "signature") and has_field(m.entry, facet)]
        return tuple(found[:MOST_CHOICES])

    def overview(self, reading: Reading, matches: Sequence[Match]) -> tuple[Entry, ...]:
        """For a question without a topic: of each document the best entry that has the asked field.

        Where only one document has the field, its best entries.
        """
        facet = reading.facets[0] if reading.facets else ""
        found: dict[str, Entry] = {}
        for match in matches:
            fits = match.entry.kind not in ("gap", "signature") and has_field(match.entry, facet)
            if fits and match.score > 0.5 * matches[0].score:
                found.setdefault(match.entry.document, match.entry)
        for entry in self._library.entries.values():
            if len(found) >= MOST_CHOICES:
                break
            if _exemplary(entry, facet):
                found.setdefault(entry.document, entry)
        return tuple(found.values())[:MOST_CHOICES] if len(found) > 1 else self.within(reading, matches)


def _exemplary(entry: Entry, facet: str) -> bool:
    """Whether an entry is what people mean who ask for a field and name no topic."""
    if facet in ("when", "late"):
        return any(deadline.day for deadline in entry.deadlines)
    if facet == "where":
        return bool(entry.contacts or (entry.form and entry.form.sent_to) or any(d.to for d in entry.deadlines))
    return entry.kind == "quota" if facet == "how_many" else False
