"""What a topic says of why somebody is not asked: released words alone, whatever rules there are."""

import pytest

from shared.contracts.left_out import ToldLeftOut, told
from shared.kernel.vocabulary import LeftOut


@pytest.mark.parametrize("reason", LeftOut)
def test_every_rule_is_told_in_a_released_word(reason: LeftOut) -> None:
    assert told(reason) in ToldLeftOut


def test_a_released_word_is_told_as_it_is() -> None:
    assert {told(LeftOut(word.value)) for word in ToldLeftOut} == set(ToldLeftOut)


def test_nobody_learns_of_a_safety_hold_from_a_topic() -> None:
    assert told(LeftOut.SAFETY_HOLD) is ToldLeftOut.INACTIVE
    assert told(LeftOut.OVER_HOURS) is ToldLeftOut.RESTING
