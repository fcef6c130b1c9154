"""The numbers that may stand beside a tick: what is asked, and what was given."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from knowledge.forms import TICKS, Field
from papers.filling import label, printed


def numbers_of(field: Field) -> Iterator[tuple[str, Field]]:
    """Paths and shapes of the numbers beside a tick: a share, or one number for a target, and further ones."""
    if field.kind not in TICKS:
        return
    if field.share or field.target:
        yield f"{field.id}#", replace(field, kind="share" if field.share else "decimal", required=False)
    for more in field.more:
        yield f"{field.id}#{more.id}", more


def beside(field: Field, answers: Mapping[str, object]) -> Iterator[str]:
    """A line for each number that was given."""
    for path, shape in numbers_of(field):
        if text := printed(shape, answers.get(path)):
            what = f"{shape.share.part} / {shape.share.whole}" if shape.share else label(shape)
            yield f"{what}: {text}"
