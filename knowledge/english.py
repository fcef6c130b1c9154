"""Whether a message is English, told before its words are taken for Vietnamese ones: "a group" is no "anh"."""

from collections.abc import Sequence

from knowledge.folding import fold
from knowledge.syllables import is_legal

# Words that make English sentences and are no Vietnamese syllables.
_SURE = frozenset(
    [
        *("of", "is", "are", "was", "were", "does", "did", "what", "which", "who", "whom", "whose", "when", "where"),
        *("how", "why", "and", "or", "with", "from", "for", "must", "should", "would", "could", "will", "have", "has"),
        *("had", "there", "this", "that", "these", "those", "they", "their", "your", "you", "our", "if", "by", "at"),
        *("any", "many", "much", "about", "into", "than", "then", "get", "anyone", "someone", "its", "been", "being"),
        *("tell", "please", "thanks", "thank", "explain", "want", "need", "weather", "joke", "poem", "story", "write"),
    ]
)
# Words of English that could be syllables typed without diacritics as well.
_PERHAPS = frozenset(["a", "an", "the", "in", "on", "to", "be", "do", "can", "i", "my", "we", "it", "me", "not", "no"])
# Words that say nothing about a topic.
FUNCTION_WORDS = (
    _SURE
    | _PERHAPS
    | frozenset(
        [
            "able",
            "also",
            "am",
            "anything",
            "as",
            "ask",
            "asked",
            "but",
            "d",
            "each",
            "exactly",
            "he",
            "her",
            "here",
            "his",
            "im",
            "just",
            "know",
            "let",
            "like",
            "ll",
            "may",
            "might",
            "need",
            "only",
            "out",
            "please",
            "s",
            "say",
            "says",
            "shall",
            "she",
            "so",
            "some",
            "supposed",
            "t",
            "tell",
            "them",
            "too",
            "up",
            "us",
            "ve",
            "want",
        ]
    )
)
# Share of a message's words that must look English.
_MOST = 0.5
_SURELY = 0.75


def is_english(chunks: Sequence[str], glossary: frozenset[str]) -> bool:
    """Whether chunks of a message as typed make English. `glossary` holds English words, folded."""
    words = [chunk.lower() for chunk in chunks if chunk.isalpha()]
    if len(words) < 2:
        return False
    sure = sum(word in _SURE for word in words)
    rest = [word for word in words if word not in _SURE and word.isascii()]
    if sure + len(rest) < (_MOST if sure else _SURELY) * len(words):
        return False
    foreign = sure + sum(word in _PERHAPS or any(stem in glossary for stem in stems(word)) for word in rest)
    if sure > 1:
        # What is no syllable may be Telex as well.
        foreign += sum(len(word) > 3 and not is_legal(word) and not glossary & set(stems(word)) for word in rest)
    return foreign >= (_MOST if sure else _SURELY) * len(words)


def stems(word: str) -> tuple[str, ...]:
    """A word and what may be left of it without an English ending: "offices", "office"."""
    folded = fold(word)
    found = [folded]
    for ending, instead in (("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e")):
        if folded.endswith(ending) and len(folded) - len(ending) > 2:
            found.append(folded[: -len(ending)] + instead)
    return tuple(found)
