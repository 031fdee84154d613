"""How a ranking that was written down is read."""

from services.alerts.queries.kept_rankings import left_out_of


def test_those_left_out_are_told_person_by_person_in_the_order_of_their_ids() -> None:
    kept = [
        {"reason": "off_duty", "step": None, "people": ["3", "1"]},
        {"reason": "out_of_radius", "step": 2, "people": ["2"]},
    ]
    assert left_out_of(kept) == [
        {"interrupter_id": "1", "reason": "off_duty", "step": None},
        {"interrupter_id": "2", "reason": "out_of_radius", "step": 2},
        {"interrupter_id": "3", "reason": "off_duty", "step": None},
    ]


def test_a_ranking_of_before_has_an_entry_for_each_person() -> None:
    kept = [
        {"interrupter_id": "1", "reason": "off_duty"},
        {"interrupter_id": "2", "reason": "out_of_radius", "step": 2},
    ]
    assert left_out_of(kept) == [
        {"interrupter_id": "1", "reason": "off_duty", "step": None},
        {"interrupter_id": "2", "reason": "out_of_radius", "step": 2},
    ]
