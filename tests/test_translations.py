"""Every sentence of the bot is translated, with the same values, and nothing stale remains."""

import ast
import re
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from markupsafe import Markup

from handlers.translation import LOCALES_DIR, Translator, closest, languages
from tests.texts import calls, extracted

CATALOGUES = sorted(LOCALES_DIR.glob("*.po"))
each_catalogue = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
_TAG = re.compile(r"</?[a-z]+")
# Run `python -m tests.texts`, then fill in what it names.
REMEDY = "python -m tests.texts"


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def translations(path: object) -> dict[str, str]:
    with open(str(path), "rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_texts_are_literal() -> None:
    for where, call in calls():
        first = call.args[0] if call.args else None
        assert isinstance(first, ast.Constant), f"{where}: the text must stand in the call itself"


def test_values_fill_every_name_of_their_text() -> None:
    for where, call in calls():
        text = call.args[0]
        assert isinstance(text, ast.Constant)
        given = {keyword.arg for keyword in call.keywords}
        if None not in given:
            assert names(str(text.value)) == given, where


@each_catalogue
def test_everything_is_translated_and_nothing_is_stale(path: object) -> None:
    there, needed = translations(path), extracted()
    missing = [text for text in needed if not there.get(text)]
    stale = [text for text in there if text not in needed]
    assert not missing, f"{REMEDY}: {missing}"
    assert not stale, f"{REMEDY}: {stale}"


@each_catalogue
def test_translations_keep_names_and_tags(path: object) -> None:
    for text, translated in translations(path).items():
        if not translated:
            continue
        assert names(text) == names(translated), text
        assert sorted(_TAG.findall(text)) == sorted(_TAG.findall(translated)), text
        # A space that joins it to the sentence before.
        assert text[:1].isspace() == translated[:1].isspace(), text
        assert text[-1:].isspace() == translated[-1:].isspace(), text


@each_catalogue
def test_nothing_shouts(path: object) -> None:
    for text, translated in translations(path).items():
        assert "!" not in text + translated, text


def test_languages_of_clients() -> None:
    assert languages() == ["vi", "en"]
    assert [closest(tag) for tag in ("en-GB", "en_US", "EN", "vi-VN", "fr", "", "../x")] == [
        "en", "en", "en", "vi", "vi", "vi", "vi"
    ]  # fmt: skip


def test_values_are_escaped() -> None:
    assert Translator("en")("Chào {name}.", name="<b>An") == Markup("Hello &lt;b&gt;An.")
    assert Translator("vi")("Chào {name}.", name=Markup("<b>An</b>")) == "Chào <b>An</b>."
