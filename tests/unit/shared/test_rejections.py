"""When a consumer must stop: twenty in a row, or more than a tenth of the last thousand."""

from shared.messaging.consumer.settle import Rejections


def counted(pattern: str, times: int = 1) -> Rejections:
    """`x` is a rejected record, `.` an applied one."""
    rejections = Rejections()
    for mark in pattern * times:
        rejections.count(rejected=mark == "x")
    return rejections


def test_nineteen_in_a_row_are_bad_luck_and_twenty_a_bad_deployment() -> None:
    assert not counted("x" * 19).too_many()
    assert counted("x" * 20).too_many()


def test_one_applied_record_begins_the_row_anew() -> None:
    assert not counted("x" * 19 + "." + "x" * 19).too_many()


def test_a_tenth_of_a_thousand_is_allowed_and_one_more_is_not() -> None:
    assert not counted("x.........", 100).too_many()
    assert counted("." + "x........." * 99 + "xx.......").too_many()


def test_the_share_is_not_judged_before_a_thousand_records_came() -> None:
    assert not counted("x.", 499).too_many()
    assert counted("x.", 500).too_many()


def test_only_the_last_thousand_count() -> None:
    assert not counted("x." * 60 + "." * 1000).too_many()
    assert not counted("x." * 600 + "." * 900).too_many()


def test_a_copy_counts_on_by_itself() -> None:
    first = counted("x" * 19)
    twin = first.copy()
    twin.count(rejected=True)
    assert twin.too_many()
    assert not first.too_many()
