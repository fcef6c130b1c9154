"""The index against BM25 written out: same order, same sums."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.index import K1, B, Bm25, GroupedBm25, with_pairs

WORDS = st.sampled_from(["han", "nop", "danh", "sach", "khen", "thuong", "to", "dan", "pho", "3.15", "khong"])
TEXTS = st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=12)
QUESTIONS = st.dictionaries(WORDS | st.just("la"), st.floats(0.1, 2.0), min_size=1, max_size=5)


def naive(texts: list[list[str]], question: dict[str, float], position: int) -> float:
    """BM25 of one text, straight from its definition (with the idf that is never negative)."""
    average = sum(map(len, texts)) / len(texts) or 1.0
    text, total = texts[position], 0.0
    for term, weight in question.items():
        found = sum(term in other for other in texts)
        idf = math.log(1 + (len(texts) - found + 0.5) / (found + 0.5))
        times = text.count(term)
        total += weight * idf * times * (K1 + 1) / (times + K1 * (1 - B + B * len(text) / average))
    return total


@given(TEXTS, QUESTIONS)
def test_scores_are_those_of_the_definition(texts: list[list[str]], question: dict[str, float]) -> None:
    scores = Bm25(texts).scores(question)
    for position, text in enumerate(texts):
        assert scores[position] == pytest.approx(naive(texts, question, position))
        assert bool(scores[position]) == bool(set(text) & set(question))


@given(st.lists(TEXTS, min_size=1, max_size=4), QUESTIONS)
def test_the_best_text_of_an_owner(owners: list[list[list[str]]], question: dict[str, float]) -> None:
    index = GroupedBm25(owners)
    texts = [text for own in owners for text in own]
    scores = index.scores(question)
    best = index.best(scores)
    start = 0
    for owner, own in enumerate(owners):
        naively = [naive(texts, question, start + place) for place in range(len(own))]
        place = index.place(owner, scores)
        assert best[owner] == pytest.approx(max(naively))
        assert naively[place - start] == pytest.approx(max(naively)) if best[owner] else place == -1
        start += len(own)


@given(TEXTS)
def test_a_rarer_word_tells_more(texts: list[list[str]]) -> None:
    idf = Bm25(texts).idf
    counts = {word: sum(word in text for text in texts) for text in texts for word in text}
    for first, often in counts.items():
        for second, seldom in counts.items():
            assert (idf(second) > idf(first)) == (seldom < often)


def test_words_of_no_text_find_nothing() -> None:
    index = Bm25([["han", "nop"], ["khen"]])
    assert index.scores({"xe": 1.0}).tolist() == [0.0, 0.0]
    grouped = GroupedBm25([[["han"]]])
    scores = grouped.scores({"xe": 1.0})
    assert grouped.best(scores).tolist() == [0.0]
    assert grouped.place(0, scores) == -1


@given(TEXTS, QUESTIONS)
def test_no_text_beats_the_ideal_without_bound(texts: list[list[str]], question: dict[str, float]) -> None:
    index = Bm25(texts)
    ideal = index.ideal(question, 1000.0)
    assert ideal > 0
    assert all(score <= (K1 + 1) * ideal for score in index.scores(question))


def test_nothing_to_look_in() -> None:
    assert not len(Bm25([]).scores({"han": 1.0}))
    assert not Bm25([[], []]).scores({"han": 1.0}).any()
    assert not len(GroupedBm25([]).best(GroupedBm25([]).scores({"han": 1.0})))


def test_the_text_that_is_about_it_wins() -> None:
    texts = [with_pairs(text.split()) for text in ("han nop danh sach", "danh sach nop", "han che nop thue danh")]
    scores = Bm25(texts).scores(dict.fromkeys(with_pairs(["han", "nop"]), 1.0))
    assert scores.argmax() == 0


def test_rare_words_still_count_among_very_many_texts() -> None:
    texts = [["chung"]] * 50_000 + [["chung", "rieng"]]
    assert Bm25(texts).scores({"chung": 1.0, "rieng": 1.0}).argmax() == 50_000


@given(st.lists(WORDS, max_size=9))
def test_pairs_stand_behind_the_words(words: list[str]) -> None:
    terms = with_pairs(words)
    assert terms[: len(words)] == words
    assert len(terms) == 2 * len(words) - 1 if words else not terms
