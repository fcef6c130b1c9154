"""Showing a quote within the room that a reply has, never changing its words."""

import re
from collections.abc import Collection

from knowledge.folding import folded_words
from knowledge.reading import Reading

ELISION = "[…]"
_COMMA = re.compile(r"(?<=,)\s+")
_PIECE = re.compile(r"(?<=[.;])\s+|\n+")


def excerpt(quote: str, reading: Reading | None, room: int, keep: Collection[str] = ()) -> tuple[str, bool]:
    """The quote, or its pieces that the question is about with "[…]" between; and whether it is whole.

    Pieces that hold one of the `keep` strings come first.
    """
    whole = " ".join(quote.split())
    if len(whole) <= room:
        return whole, True
    pieces = [part for piece in _PIECE.split(whole) for part in (_COMMA.split(piece) if len(piece) > room else [piece])]
    asked = {term.word for term in reading.terms} if reading else set()
    by_fit = sorted(
        range(len(pieces)), key=lambda i: (not any(k in pieces[i] for k in keep), -_fit(pieces[i], asked), i)
    )
    kept: set[int] = set()
    left = room
    for position in by_fit:
        cost = len(pieces[position]) + 2 * len(ELISION) + 3
        if cost <= left:
            kept.add(position)
            left -= cost
    if not kept:
        return _cut(pieces[by_fit[0]], room), False
    return _joined(pieces, kept), False


def _fit(piece: str, asked: set[str]) -> float:
    words = folded_words(piece)
    return sum(word in asked for word in words) / (len(words) ** 0.3 or 1.0)


def _joined(pieces: list[str], kept: set[int]) -> str:
    text: list[str] = []
    for position, piece in enumerate(pieces):
        if position in kept:
            text.append(piece)
        elif not text or text[-1] != ELISION:
            text.append(ELISION)
    joined = " ".join(text)
    while f"{ELISION} {ELISION}" in joined:
        joined = joined.replace(f"{ELISION} {ELISION}", ELISION)
    return joined


def _cut(piece: str, room: int) -> str:
    left = max(room - 2 * len(ELISION) - 2, 0)
    return piece[:left].rsplit(" ", 1)[0] + f" {ELISION}"
