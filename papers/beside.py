"""The numbers that may stand beside a tick: what is asked, and what was given."""

from collections.abc import Iterator, Mapping

from knowledge.forms import Field
from knowledge.steps import numbers_beside
from papers.filling import label, printed


def beside(field: Field, answers: Mapping[str, object]) -> Iterator[str]:
    """A line for each number that was given."""
    for path, shape in numbers_beside(field):
        if text := printed(shape, answers.get(path)):
            what = f"{shape.share.part} / {shape.share.whole}" if shape.share else label(shape)
            yield f"{what}: {text}"
