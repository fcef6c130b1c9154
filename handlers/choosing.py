"""Pressing a choice by typing its number, its label, or words that only one label has."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from conversation import Incoming, Reply
from handlers.commands import folded
from handlers.turn import Turn
from knowledge.folding import folded_words

# More words than this are a question of their own.
MOST_WORDS = 4
# Choices that are remembered; longer lists are paged.
MOST_KEPT = 30

Offered = list[list[str]]


def kept(replies: Iterable[Reply]) -> Offered | None:
    """All choices that a turn offered, in order, as the conversation remembers them."""
    found = [[choice.label, choice.value] for answer in replies for choice in answer.choices]
    return found[:MOST_KEPT] or None


def press(turn: Turn, expects_number: bool) -> Incoming:
    """The message as a pressed choice where its text means one that was offered, else as it is."""
    incoming = turn.incoming
    if incoming.kind != "text" or turn.command():
        return incoming
    value = _meant(turn.text, _offered(turn), expects_number)
    return replace(incoming, kind="choice", choice=value) if value else incoming


def _offered(turn: Turn) -> Sequence[Sequence[str]]:
    found = turn.conversation.data.get("choices")
    return found if isinstance(found, list) else []


def _meant(text: str, offered: Sequence[Sequence[str]], expects_number: bool) -> str:
    typed = folded(text)
    if not typed:
        return ""
    if typed.isascii() and typed.isdigit():
        place = int(typed) if len(typed) < 4 and not expects_number else 0
        return offered[place - 1][1] if 0 < place <= len(offered) else ""
    exact = [value for label, value in offered if _words(label) == typed]
    if exact:
        return exact[0]
    if len(typed.split()) > MOST_WORDS:
        return ""
    within = [value for label, value in offered if f" {typed} " in f" {_words(label)} "]
    return within[0] if len(within) == 1 else ""


def _words(label: str) -> str:
    return " ".join(folded_words(label))
