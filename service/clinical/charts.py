"""From the courses of a patient, the scores and the reviews to what the rules read."""

from collections.abc import Iterable, Mapping, Sequence

from service.clinical.chart import Chart, Review
from service.clinical.course import Course
from service.clinical.scores import Score
from service.clinical.series import series

NOWHERE = Course(key="", episode=None, sessions=())
"""Holds what is open for a patient of whom no session is known."""


def charts(
    courses: Sequence[Course], scored: Mapping[str, Sequence[Score]], reviews: Sequence[Review]
) -> Sequence[Chart]:
    """One for each course, the oldest first; `scored` by the reference of the scores' source."""
    found = courses or (NOWHERE,)
    placed, unanswered = by_course(reviews, found), opened(reviews)
    return [
        Chart(
            course=course,
            series=series(course, scored),
            reviews=placed[course.key],
            open_reviews=unanswered,
        )
        for course in found
    ]


def by_course(
    reviews: Iterable[Review], courses: Sequence[Course]
) -> Mapping[str, Sequence[Review]]:
    """Those that fall into each of the courses, by its key."""
    placed: dict[str, list[Review]] = {course.key: [] for course in courses}
    for each in reviews:
        placed[_place(each, courses).key].append(each)
    return placed


def opened(reviews: Iterable[Review]) -> Sequence[Review]:
    """Those that no one has acknowledged."""
    return tuple(each for each in reviews if each.open)


def _place(review: Review, found: Sequence[Course]) -> Course:
    """The latest course that had begun; the first one for what came before it."""
    day = review.concern.source.day
    begun = [c for c in found if c.sessions and c.sessions[0].day <= day]
    return begun[-1] if begun else found[0]
