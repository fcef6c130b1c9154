"""Why an answer to a field of a form could not be read, as facts: whoever talks to the person words them."""

from typing import Literal

Problem = Literal[
    "empty",
    "too_long",
    # Numbers
    "not_a_number",
    "several_numbers",
    # "hơn 100 hộ": a paper needs the number itself.
    "not_exact",
    "not_whole",
    "too_small",
    "too_large",
    # Shares
    "no_share",
    "part_over_whole",
    "zero_whole",
    # "15/60 hộ chưa ký", where those who have signed are asked.
    "negated",
    # "45/60 (80%)".
    "percent_differs",
    # Days
    "no_date",
    "several_dates",
    "impossible_date",
    "which_year",
    "which_week",
    # "thứ hai 20/11/2026", which is a Friday.
    "weekday_differs",
    "lunar",
    # Periods and times
    "no_period",
    "no_end",
    "reversed",
    "no_time",
    "several_times",
    # Choices
    "no_option",
    "several_options",
    "too_many",
    "no_tick",
    # "Không áp dụng" where the form does not offer it.
    "no_na",
    # "đạt" for something that must not happen, "không có" for "không có hộ nghèo".
    "which_tick",
    # People
    "no_phone",
    "several_phones",
    "no_name",
    "has_digits",
]

LONGEST_GIVEN = 60


class BadAnswer(Exception):
    """An answer that is not understood or not allowed: what is wrong with it, and the part that is."""

    def __init__(self, problem: Problem, given: str = "") -> None:
        super().__init__(problem, given[:LONGEST_GIVEN])
        self.problem = problem
        # As typed, at most 60 characters; may be empty.
        self.given = given[:LONGEST_GIVEN]
