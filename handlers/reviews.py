"""A submission that staff have in hand: at which revision they saw it, where they are, what they would return."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from conversation import Choice
from handlers.drafts import Draft, taken_up
from handlers.item_names import items
from handlers.permissions import may
from handlers.turn import Turn, value
from handlers.wording import bare
from knowledge.forms import Field

NAME = "duyet"
# Where one is: a page of the submission, one item, the items to return, why, and all of it once more.
PAGE, ITEM, PICK, WHY, SURE = "trang", "muc", "chon", "vi", "chac"
# Verbs of the buttons below a submission.
ACCEPT, PICKING, HISTORY, FILES, BACK = "nhan", "tralai", "lichsu", "tep", "ve"


@dataclass(slots=True)
class Review:
    """Kept in the conversation while the submission is open to one's eyes."""

    draft: Draft
    # The revision that was shown: decisions are about that one.
    revision: int
    at: str = PAGE
    # The page, or the place of the item, or the page of the items to pick.
    number: int = 0
    # Paths to return, in the order of the form, and the reason of each.
    paths: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    # One reason for all of them.
    one: bool = False

    @property
    def turn(self) -> Turn:
        """The message that is handled."""
        return self.draft.turn

    @property
    def items(self) -> list[Field]:
        """What can be returned."""
        return items(self.draft)

    def waiting(self) -> str | None:
        """The first path without a reason; None where all have one."""
        return next((path for path in self.paths if path not in self.reasons), None)

    def go(self, at: str, number: int = 0) -> None:
        """Stand somewhere, and remember all of it."""
        self.at, self.number = at, number
        self.turn.enter(NAME, self.draft.submission.id)
        self.turn.remember(
            review={
                "revision": self.revision,
                "at": at,
                "number": number,
                "paths": self.paths,
                "reasons": self.reasons,
                "one": self.one,
            }
        )

    def press(self, verb: str, arg: object = "") -> str:
        """The value of a button of this review; it acts on the revision that is shown."""
        code = self.draft.submission.code.split("-")[-1]
        return value(NAME, verb, f"{code}/{arg}" if arg != "" else code, self.revision)

    def choice(self, label: object, verb: str, arg: object = "") -> Choice:
        """A button of this review."""
        return Choice(bare(label) if isinstance(label, Markup) else str(label), self.press(verb, arg))


def opened(turn: Turn, id: str) -> Review | None:
    """A submission by id or code as staff see it, from its first page; None where one may not review it."""
    draft = taken_up(turn, id)
    if draft is None or not may(turn, "review", draft.unit.code):
        return None
    return Review(draft, draft.submission.revision)


def resumed(turn: Turn, id: str) -> Review | None:
    """The review as it was left in the conversation; from its first page where another one was open."""
    review = opened(turn, id)
    kept = turn.conversation.data.get("review")
    there = turn.conversation.flow == NAME and review and turn.conversation.step == review.draft.submission.id
    if review and there and isinstance(kept, dict):
        review.revision, review.at, review.number = int(kept["revision"]), str(kept["at"]), int(kept["number"])
        review.paths, review.reasons = list(kept["paths"]), dict(kept["reasons"])
        review.one = bool(kept["one"])
    return review


def in_order(review: Review, paths: Sequence[str]) -> list[str]:
    """Paths in the order of the form; the whole submission alone."""
    known = [field.id for field in review.items]
    if found := [path for path in known if path in paths]:
        return found
    return ["" for path in paths if not path][:1]
