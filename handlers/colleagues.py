"""Who else has to do with a unit's papers: what they are called, and telling them at once."""

from collections.abc import Callable, Iterable, Mapping

from conversation import Reply
from handlers.translation import Translator
from handlers.turn import Turn
from storage.registry import Submission

Words = Callable[[Translator], Reply]


def name_of(turn: Turn, person: str) -> str:
    """What somebody is called in the ward's papers; empty where nobody knows."""
    roles = turn.records.registry.roles.of(person, turn.today)
    return next((role.name for role in roles if role.name), "")


def leaders(turn: Turn) -> Mapping[str, list[str]]:
    """By unit, ids of the people who fill in forms for it today."""
    found: dict[str, list[str]] = {}
    for role in turn.records.registry.roles.holders("leader", turn.today):
        found.setdefault(role.unit, []).append(role.person)
    return found


def concerned(turn: Turn, submission: Submission) -> list[str]:
    """Who is told about a submission: the unit's leaders, who began it and who sent it last, but not oneself.

    Somebody whose roles have ended is not told: the papers stay with the unit.
    """
    registry = turn.records.registry
    sent = [snapshot.by for snapshot in registry.submissions.snapshots(submission.id)[-1:]]
    others = [person for person in (submission.by, *sent) if registry.roles.of(person, turn.today)]
    roles = registry.roles.in_unit(submission.unit, turn.today)
    found = dict.fromkeys([*(role.person for role in roles if role.role == "leader"), *others])
    return [person for person in found if person != turn.person.id]


def tell(turn: Turn, people: Iterable[str], words: Words) -> list[str]:
    """Say something to people at once, each in their language; returns the ids of those whom it can reach."""
    reached = []
    for person in people:
        language = turn.records.kept(person).person.language
        if turn.records.queue(person, words(Translator(language))):
            reached.append(person)
    return reached


def names_of(turn: Turn, people: Iterable[str]) -> str:
    """What people are called, with commas between."""
    return ", ".join(filter(None, (name_of(turn, person) for person in people)))
