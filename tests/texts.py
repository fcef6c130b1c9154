"""The bot's own sentences, as they stand in the code.

`python -m tests.texts` brings the catalogues in `locales/` in line with the code, and names what
is not translated yet.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from handlers.translation import LOCALES_DIR

HANDLERS = Path(__file__).parent.parent / "handlers"


def extracted() -> dict[str, list[str]]:
    """Every text given to `say`, and the places where it stands ("contact.py:24")."""
    found: dict[str, list[str]] = {}
    for file, line, message, _, _ in extract_from_dir(
        HANDLERS, method_map=[("**.py", "python")], keywords={"say": None}
    ):
        assert isinstance(message, str)
        found.setdefault(message, []).append(f"{file}:{line}")
    return found


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of `say` or `….say`, with its place."""
    for path in sorted(HANDLERS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func
            said = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
            if said == "say":
                yield f"{path.name}:{node.lineno}", node


# Written by us: the generated one changes with every run.
_HEADER = """\
# What the bot says, in another language. The texts in the code are Vietnamese.
# `python -m tests.texts` brings this file in line with the code.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def update(path: Path) -> list[str]:
    """Bring a catalogue in line with the code: stale texts go, new ones wait empty. Returns those."""
    with path.open("rb") as file:
        old = read_po(file)
    new = Catalog()
    for text in extracted():
        before = old.get(text)
        new.add(text, before.string if before else "")
    with path.open("wb") as file:
        file.write(_HEADER.format(language=path.stem).encode())
        write_po(file, new, no_location=True, omit_header=True, width=100)
    return [str(message.id) for message in new if message.id and not message.string]


if __name__ == "__main__":
    for catalogue in sorted(LOCALES_DIR.glob("*.po")):
        for text in update(catalogue):
            print(f"{catalogue.name}: chưa dịch: {text!r}")
