"""Documents that may change while the bot runs: a file with a problem never takes a good one away."""

import logging
from collections.abc import Sequence
from pathlib import Path

from knowledge.aloud import read_words
from knowledge.checking import check_library
from knowledge.forms import FORMS_DIR, Version
from knowledge.holidays import read_holidays
from knowledge.lexicon import load_lexicon
from knowledge.loading import DOCUMENTS_DIR, Problem, load_document, load_form_file, load_library
from knowledge.model import Document, Entry, Library
from knowledge.proofreading import check_forms
from knowledge.reminding import check_binding, read_mornings
from knowledge.understanding import Knowledge

log = logging.getLogger(__name__)

# Time of the last change and size: what tells that a file is another one.
Stamp = tuple[int, int]


class NoDocuments(Exception):
    """No file can be used; the text says where they were looked for."""

    # The text is for whoever runs the bot.
    for_people = True


class Documents:
    """The documents of some folders and the forms of another, read again by `refresh` where a file has changed."""

    def __init__(self, folders: Sequence[Path] = (DOCUMENTS_DIR,), forms: Path = FORMS_DIR) -> None:
        self._folders, self._forms = folders, forms
        self._stamps: dict[Path, Stamp] = {}
        # By file, the last version of it without a problem.
        self._good: dict[Path, Document] = {}
        self._good_forms: dict[Path, tuple[Version, ...]] = {}
        self._knowledge: Knowledge | None = None

    @property
    def knowledge(self) -> Knowledge:
        """What can be asked now. Raises `NoDocuments` before a first good document was read."""
        if self._knowledge is None:
            folders = ", ".join(map(str, self._folders))
            raise NoDocuments(f"KNOWLEDGE_DIR: không có văn bản nào đọc được trong {folders}; chạy bot.py check")
        return self._knowledge

    def refresh(self) -> list[Problem]:
        """Read what has changed since the last call; returns the problems of those files, each once."""
        stamps = self._found()
        if stamps == self._stamps:
            return []
        changed = [path for path, stamp in stamps.items() if self._stamps.get(path) != stamp]
        self._stamps = stamps
        problems = [problem for path in changed for problem in self._read(path)]
        if not any(path.parent != self._forms for path in stamps):
            return [Problem(", ".join(map(str, self._folders)), "", "không có tệp .toml nào; kiểm tra KNOWLEDGE_DIR")]
        own = [version for path in stamps for version in self._good_forms.get(path, ())]
        library, doubled = _library([self._good[path] for path in stamps if path in self._good], own)
        if library.documents:
            self._knowledge = Knowledge(library, load_lexicon())
        return [*problems, *doubled]

    def _found(self) -> dict[Path, Stamp]:
        found: dict[Path, Stamp] = {}
        for path in (path for folder in (*self._folders, self._forms) for path in sorted(folder.glob("*.toml"))):
            try:
                status = path.stat()
            except OSError:
                # Being replaced at this moment: the next look finds it.
                continue
            found[path] = (status.st_mtime_ns, status.st_size)
        return found

    def _read(self, path: Path) -> list[Problem]:
        if path.parent == self._forms:
            forms, problems = load_form_file(path)
            if not problems:
                self._good_forms[path] = forms
        else:
            document, problems = load_document(path)
            if document is not None:
                self._good[path] = document
        if problems and (path in self._good or path in self._good_forms):
            problems = [Problem(p.file, p.entry, f"{p.text} (bản đọc được trước đó vẫn được dùng)") for p in problems]
        return problems


def load_documents(folders: Sequence[Path]) -> Documents:
    """The documents of some folders; what is wrong with them is logged. Raises `NoDocuments`."""
    documents = Documents(folders)
    for problem in documents.refresh():
        log.warning("%s", problem)
    log.info("%d documents", len(documents.knowledge.library.documents))
    return documents


def _library(documents: Sequence[Document], own: Sequence[Version]) -> tuple[Library, list[Problem]]:
    """One library of documents and of forms that none prescribes; of two documents with one code the first counts."""
    chosen: dict[str, Document] = {}
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    for document in documents:
        if document.id in chosen:
            text = f"mã văn bản “{document.id}” đã dùng ở tệp khác; đặt mã khác"
            problems.append(Problem(document.id, "", text))
            continue
        chosen[document.id] = document
        entries |= {entry.id: entry for entry in document.entries}
    return Library(chosen, entries, tuple(own)), problems


def examine(folders: Sequence[Path]) -> tuple[Library, list[Problem]]:
    """The documents of some folders, and everything that is wrong with them, with holidays, reminders and words."""
    library, problems = load_library(folders)
    problems += [*check_library(library, load_lexicon()), *check_forms(library), *check_binding(library)]
    return library, [*problems, *read_holidays()[1], *read_mornings()[1], *read_words()[1]]
