"""The bot's own sentences in the person's language. Vietnamese is the language of the code's texts."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from markupsafe import Markup, escape

LOCALES_DIR = Path(__file__).parent.parent / "locales"
SOURCE_LANGUAGE = "vi"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Translations of one language by their Vietnamese text; empty for Vietnamese and unknown languages."""
    path = LOCALES_DIR / f"{language}.po"
    if not language.isalpha() or not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and message.string}


@cache
def languages() -> list[str]:
    """Languages that the bot speaks, Vietnamese first."""
    return [SOURCE_LANGUAGE, *sorted(path.stem for path in LOCALES_DIR.glob("*.po"))]


def closest(tag: str) -> str:
    """The language we speak for a BCP 47 tag such as "en-GB"; Vietnamese where there is none."""
    short = tag.split("-")[0].split("_")[0].lower()
    return short if short in languages() else SOURCE_LANGUAGE


class Translator:
    """Gives a sentence in one language, with its values escaped into the markup."""

    def __init__(self, language: str) -> None:
        self.language = closest(language)
        self._catalogue = catalogue(self.language)

    def __call__(self, text: str, /, **values: object) -> Markup:
        """The translated text as markup; `values` fill its {names} and are escaped unless they are markup."""
        # The texts are ours, without format specifications; only what fills them comes from people.
        filled = self._catalogue.get(text, text).format_map({name: escape(value) for name, value in values.items()})
        return Markup(filled)  # noqa: S704
