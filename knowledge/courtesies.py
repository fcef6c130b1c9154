"""Messages that are no question on the documents: greetings, thanks, insults, emergencies and tricks."""

from collections.abc import Sequence

from knowledge.lexicon import Courtesy
from knowledge.phrases import PhraseIndex
from knowledge.reading import Reading


class Courtesies:
    """Tells which kind of courtesy a message is."""

    def __init__(self, courtesies: Sequence[Courtesy]) -> None:
        self._courtesies = courtesies
        self._said = PhraseIndex((c.id, phrase) for c in courtesies for phrase in c.phrases)

    def meant(self, reading: Reading) -> Courtesy | None:
        """The first kind whose words a message has; None for a question on the documents."""
        toned = [word.toned for word in reading.words]
        for courtesy in self._courtesies:
            if any(word in reading.folded for word in courtesy.unless) or not courtesy.is_toned(reading.text, toned):
                continue
            if any(pattern.search(reading.folded) for pattern in courtesy.patterns):
                return courtesy
        said = {span.label for span in self._said.find(reading.words)}
        return next((courtesy for courtesy in self._courtesies if courtesy.id in said), None)
