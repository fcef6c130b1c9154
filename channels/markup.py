"""The markup of a reply: read it, strip it, and cut it where a platform's message ends.

A reply is first read into runs (visible text with the tags around it), so that cutting works on
what people see, and what is written back has every tag closed and every character escaped.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from markupsafe import Markup, escape

from channels.text import between_letters, clean, one_line, reach
from conversation import Reply

TAGS = frozenset({"b", "i", "u", "s", "code", "blockquote", "a"})

# Stands for the text of a message that has only choices: platforms refuse an empty one.
NO_TEXT = Markup("…")

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(\s[^<>]*)?/?>")
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"(?<=[.!?…;])[\"'”’)\]]*\s+")
_SPACE = re.compile(r"\s+")


class Tag(NamedTuple):
    """An opened tag; `href` is empty but for links."""

    name: str
    href: str = ""

    def opening(self) -> str:
        """Return it as written in front of its text."""
        return f'<{self.name} href="{escape(self.href)}">' if self.href else f"<{self.name}>"


class Run(NamedTuple):
    """Visible text and the tags around it, outermost first."""

    tags: tuple[Tag, ...]
    text: str


def runs(markup: Markup) -> list[Run]:
    """Read markup. Tags outside the set are dropped, wrong nesting is mended, nothing is raised."""
    found: list[Run] = []
    tags: tuple[Tag, ...] = ()
    start = 0
    source = str(markup)
    for match in _TAG.finditer(source):
        found.append(_run(tags, source[start : match.start()]))
        tags = _after(tags, match)
        start = match.end()
    found.append(_run(tags, source[start:]))
    return [run for run in found if run.text]


def plain(markup: Markup) -> str:
    """Return the visible text; the address of a link follows its words in brackets."""
    pieces: list[str] = []
    link, words = "", ""
    for tags, text in [*runs(markup), Run((), "")]:
        href = next((tag.href for tag in tags if tag.href), "")
        if link and href != link:
            pieces.append(f" ({link})" if words.strip() != link else "")
            words = ""
        link = href
        words += text if href else ""
        pieces.append(text)
    return "".join(pieces)


def cut(markup: Markup, limit: int) -> list[Markup]:
    """Cut into pieces whose visible text has 1 to `limit` UTF-16 units.

    Cuts fall between paragraphs, else lines, else sentences, else words; a longer word is cut
    between letters. White space at a cut is left out. Markup with nothing to see gives no piece.
    """
    read = runs(markup)
    text = "".join(run.text for run in read)
    return [_written(read, start, end) for start, end in _borders(text, limit)]


def split(reply: Reply, limit: int) -> list[Reply]:
    """Cut a reply into messages; only the first replaces, only the last has choices and files."""
    texts = cut(reply.text, limit)
    if not texts and (reply.choices or reply.attachments):
        texts = [NO_TEXT if reply.choices else Markup("")]
    parts = [Reply(text) for text in texts]
    if parts:
        parts[-1] = replace(parts[-1], choices=reply.choices, attachments=reply.attachments, numbered=reply.numbered)
        parts[0] = replace(parts[0], replaces=reply.replaces)
    return parts


def _run(tags: tuple[Tag, ...], source: str) -> Run:
    # Twice: a numeric reference can stand for what was just taken out.
    return Run(tags, clean(html.unescape(clean(source, len(source))), len(source)))


def _after(tags: tuple[Tag, ...], match: re.Match[str]) -> tuple[Tag, ...]:
    closing, name, rest = match[1], match[2].lower(), match[3] or ""
    if closing:
        last = max((place for place, tag in enumerate(tags) if tag.name == name), default=None)
        return tags if last is None else (*tags[:last], *tags[last + 1 :])
    if name not in TAGS or any(tag.name == name for tag in tags):
        return tags
    if name != "a":
        return (*tags, Tag(name))
    link = _HREF.search(rest)
    href = one_line(html.unescape(link[1] or link[2] or ""), 2048) if link else ""
    return (*tags, Tag("a", href)) if href else tags


def _borders(text: str, limit: int) -> Iterator[tuple[int, int]]:
    """Yield where each piece starts and ends, without the white space around it."""
    start = _skip(text, 0)
    while start < len(text):
        furthest = max(start + 1, reach(text, start, limit))
        end = furthest if furthest == len(text) else _best_end(text, start, furthest)
        yield start, start + len(text[start:end].rstrip())
        start = _skip(text, end)


def _skip(text: str, start: int) -> int:
    space = _SPACE.match(text, start)
    return space.end() if space else start


def _best_end(text: str, start: int, furthest: int) -> int:
    # A border in the first third would leave a message that is mostly empty.
    floor = start + (furthest - start) // 3
    for border, least in ((_PARAGRAPH, floor), (_LINE, floor), (_SENTENCE, floor), (_SPACE, start)):
        # One more letter is looked at, for a text whose border is exactly at the limit.
        ends = [match.start() for match in border.finditer(text, start, furthest + 1)]
        ends = [end for end in ends if least < end <= furthest]
        if ends:
            return _after_quotes(text, ends[-1], furthest) if border is _SENTENCE else ends[-1]
    return between_letters(text, furthest, start)


def _after_quotes(text: str, end: int, furthest: int) -> int:
    while end < furthest and not text[end].isspace():
        end += 1
    return end


def _written(read: Iterable[Run], start: int, end: int) -> Markup:
    """Write the visible text from `start` to `end` back, opening and closing what is around it."""
    pieces: list[str] = []
    opened: tuple[Tag, ...] = ()
    place = 0
    for tags, text in read:
        inside = text[max(0, start - place) : max(0, end - place)]
        place += len(text)
        if inside:
            pieces += [_turn(opened, tags), escape(inside)]
            opened = tags
    # Every piece is escaped text or a tag of the set.
    return Markup("".join([*pieces, _turn(opened, ())]))  # noqa: S704


def _turn(old: tuple[Tag, ...], new: tuple[Tag, ...]) -> str:
    """Return the closing and opening tags that lead from one nesting to another."""
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    closed = "".join(f"</{tag.name}>" for tag in reversed(old[same:]))
    return closed + "".join(tag.opening() for tag in new[same:])
