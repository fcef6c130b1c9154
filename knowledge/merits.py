"""Whether somebody merits an award: time in office, and what shuts a person out.

All of it reads folded text: lower case, no diacritics.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from knowledge.folding import fold
from knowledge.lexicon import Phrase
from knowledge.model import Award, Exclusion
from knowledge.phrases import PhraseIndex
from knowledge.reading import Reading
from knowledge.rows import labelled_phrases, phrases
from knowledge.stretches import Term, months_in, terms_in
from knowledge.verdicts import Excluded, Outcome, Tenure

# Offices near a residential group whose time does not count as that of its head.
OTHER_OFFICES = (
    *("tổ phó", "phó tổ trưởng", "phó thôn", "phó trưởng thôn", "bí thư chi bộ", "bí thư", "công an viên"),
    *("trưởng ban công tác mặt trận", "chi hội trưởng", "chi hội phụ nữ", "bảo vệ dân phố", "cán bộ phường"),
    *("deputy", "party secretary"),
)
_OTHER_OFFICES = PhraseIndex((office, Phrase.of(office)) for office in OTHER_OFFICES)


@lru_cache(maxsize=1024)
def _excluding(exclusions: tuple[Exclusion, ...]) -> PhraseIndex:
    return labelled_phrases(tuple((str(i), words) for i, one in enumerate(exclusions) for words in one.words))


def excluded(award: Award, reading: Reading) -> Excluded | None:
    """What shuts the person out whom the question tells of; `open` where it may be over by now."""
    for span in _excluding(award.exclusions).find(reading.words):
        before = [word.folded for word in reading.words[max(0, span.start - 6) : span.start]]
        past = "dang" in fold(award.exclusions[int(span.label)].text) and _PAST.search(reading.folded)
        if not {"khong", "chua", "not", "never"} & set(before):
            return Excluded("open" if past else "not_met", award.exclusions[int(span.label)])
    return None


def tenure(award: Award, reading: Reading, today: date) -> Tenure | None:
    """The time in office that the question tells, held against what the award asks for; None where either lacks."""
    if award.tenure_months is None:
        return None
    terms: Sequence[Term] = terms_in(reading.numbered, today)
    if reading.earlier and _MORE.search(reading.folded):
        more = terms or months_in(reading.numbered)
        terms = (*terms_in(reading.earlier, today), *more) if more else ()
    if not terms:
        return None
    terms = _without_total(terms)
    others = [term for term in terms if _other_office_of(term)]
    own = [term for term in terms if term not in others]
    if own and others:
        terms = own
    if not award.tenure_adds_up:
        terms = [max(terms, key=lambda term: term.months)]
    months = sum(term.months for term in terms)
    office = "" if own and others else _other_office(award, reading, surely=bool(others))
    outcome: Outcome = "met" if months >= award.tenure_months else "not_met"
    if office:
        outcome = "open"
    return Tenure(outcome, tuple(terms), months, award.tenure_months, award.tenure_preferred, office)


def _without_total(terms: Sequence[Term]) -> Sequence[Term]:
    """Leave out a sum that the person has made already: "9 năm cộng 4 năm là 13 năm"."""
    if len(terms) > 2 and terms[-1].months == sum(term.months for term in terms[:-1]):
        return terms[:-1]
    return terms


def _other_office_of(term: Term) -> bool:
    """Whether a period was served in an office that is not that of a head: before the number, or behind it."""
    if re.match(rf"\s*(?:lam |as |giu chuc |o chuc )?(?:{_OTHERS})", term.behind):
        return True
    if re.match(r"\s*(?:lam )?(?:to truong|truong thon)", term.behind):
        return False
    if re.search(r"(?<!khong phai )(?<!khong lam )(?:to truong|truong thon)[^,;]{0,12}$", term.before):
        return re.search(rf"(?:{_OTHERS})[^,;]{{0,12}}$", term.before) is not None
    return bool(re.search(rf"(?:{_OTHERS})[^,;]{{0,12}}$", term.before))


_OTHERS = "to pho|pho to|pho thon|pho truong|bi thu|truong ban cong tac|chi hoi|cong an|deputy|party secretary"
_PAST = re.compile(
    r"\b(?:xong|nam (?:ngoai|truoc|kia|roi)|may nam truoc|last year|het ky luat|het han|lau roi"
    r"|hoi (?:19|20)\d\d|truoc day|da qua|years ago|long ago)\b"
)
_MORE = re.compile(r"\b(nua|them|truoc do|hoi truoc|cong|luc truoc|plus|another|more)\b")


def _other_office(award: Award, reading: Reading, *, surely: bool) -> str:
    own = phrases((*award.offices, "tổ trưởng", "trưởng thôn"))
    found = _OTHER_OFFICES.longest(reading.words)
    if not found or not award.offices:
        return ""
    taken = {place for span in found for place in range(span.start, span.end)}
    if not surely and any(span.start not in taken for span in own.find(reading.words)):
        return ""
    return found[0].label
