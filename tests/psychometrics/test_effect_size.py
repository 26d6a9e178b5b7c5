"""Course effect sizes, their correction, and scales without room to improve."""

from __future__ import annotations

import pytest

from service.psychometrics.effect_size import (
    can_show_improvement,
    course_effect_size,
    hedges_correction,
)
from service.psychometrics.scoring import Better


def test_an_effect_is_positive_when_the_course_got_better() -> None:
    # 20 -> 14 with SD 5 is 1.2.
    assert course_effect_size(20, 14, intake_sd=5, better=Better.LOWER) == 1.2
    assert course_effect_size(14, 20, intake_sd=5, better=Better.LOWER) == -1.2
    assert course_effect_size(14, 20, intake_sd=5, better=Better.HIGHER) == 1.2


def test_an_intake_sd_has_to_be_above_0() -> None:
    with pytest.raises(ValueError, match="intake SD"):
        course_effect_size(20, 14, intake_sd=0, better=Better.LOWER)


def test_the_small_sample_correction_is_hedges() -> None:
    # df 10: 1 - 3 / 39; df 1: 1 - 3 / 3.
    assert hedges_correction(10) == pytest.approx(0.923077, abs=1e-6)
    assert hedges_correction(1) == 0
    with pytest.raises(ValueError, match="degree of freedom"):
        hedges_correction(0)


def test_a_start_near_the_good_end_cannot_show_improvement() -> None:
    scale = {"low": 0.0, "high": 27.0, "reliable_change": 6.0}
    assert not can_show_improvement(5, better=Better.LOWER, **scale)
    assert can_show_improvement(6, better=Better.LOWER, **scale)
    assert not can_show_improvement(22, better=Better.HIGHER, **scale)
    assert can_show_improvement(21, better=Better.HIGHER, **scale)
