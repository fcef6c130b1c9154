"""What is said in the middle of a form and is no answer to it: a question, a greeting, a cry for help."""

from handlers.news_words import meaning
from handlers.notice import URGENT
from handlers.turn import Turn

# Words of a cry for help; more are a report of one.
_MOST_CRIED = 5
# What the documents are not about; "20-11" is taken for that as well.
_ELSEWHERE = "courtesy:elsewhere"
# Said to a message of the ward that came meanwhile.
_OF_NEWS = ("again", "no more", "off", "read", "who")


def is_question(turn: Turn) -> bool:
    """Whether a message that is no answer asks something, or says something that has a reply of its own."""
    if meaning(turn.text) in _OF_NEWS and turn.records.registry.announcements.newest_of(turn.person.id):
        return True
    found = turn.knowledge.find(turn.text, turn.today)
    if found.reason.startswith("courtesy") and found.reason != _ELSEWHERE:
        return True
    asks = turn.text.endswith("?") or bool(found.reading.facets)
    return asks and (found.kind != "none" or found.reason in ("gap", "not_stated", _ELSEWHERE))


def cries(turn: Turn) -> bool:
    """Whether a few words call for help, where any words would be an answer."""
    if len(turn.text.split()) > _MOST_CRIED:
        return False
    return turn.knowledge.find(turn.text, turn.today).reason.removeprefix("courtesy:") in URGENT
