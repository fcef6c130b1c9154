"""The small tag set in what staff type, such as “<b>mất điện</b>”, as markup."""

import re

from markupsafe import Markup

_TAG = re.compile(r'<(/?)(b|i|u|s|code|blockquote|a)(?: href="(https?://[^"<>\s]{1,500})")?>')


def marked_up(text: str) -> Markup:
    """What staff typed, as markup: the small tag set is kept where it is closed again, all else is escaped."""
    pieces: list[str] = []
    opened: list[str] = []
    start = 0
    for tag in _TAG.finditer(text):
        pieces.append(str(Markup.escape(text[start : tag.start()])))
        pieces.append(_tag(tag, opened))
        start = tag.end()
    pieces.append(str(Markup.escape(text[start:])))
    pieces += [f"</{name}>" for name in reversed(opened)]
    # Every piece is escaped, or a tag of the set.
    return Markup("".join(pieces))  # noqa: S704


def _tag(tag: re.Match[str], opened: list[str]) -> str:
    """One tag as markup; one that does not fit where it stands is shown as it was typed."""
    closing, name, href = tag[1], tag[2], tag[3]
    if closing and opened and opened[-1] == name:
        opened.pop()
        return f"</{name}>"
    if closing or name in opened or (name == "a") != bool(href):
        return str(Markup.escape(tag[0]))
    opened.append(name)
    return f'<a href="{Markup.escape(href)}">' if href else f"<{name}>"
