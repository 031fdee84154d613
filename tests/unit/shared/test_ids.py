"""Identifiers: RFC 9562's layouts, creation order of the one kind, silence of the other."""

from collections.abc import Iterator
from uuid import RFC_4122, UUID

from shared.kernel.clock import unix_ms
from shared.kernel.ids import new_id, random_id

MANY = 2000


def test_a_new_id_is_a_uuid_of_version_7() -> None:
    made = [new_id() for _ in range(MANY)]
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {RFC_4122}


def test_a_new_id_begins_with_the_milliseconds_of_its_making() -> None:
    before = unix_ms()
    made = new_id()
    assert before <= made.int >> 80 <= unix_ms()


def test_later_ids_never_sort_before_those_of_an_earlier_millisecond() -> None:
    made = [new_id() for _ in range(MANY)]
    times = [one.int >> 80 for one in made]
    assert times == sorted(times)


def test_ids_of_one_millisecond_differ() -> None:
    assert len({new_id() for _ in range(MANY)}) == MANY


def test_a_random_id_is_a_uuid_of_version_4() -> None:
    made = [random_id() for _ in range(MANY)]
    assert {one.version for one in made} == {4}
    assert {one.variant for one in made} == {RFC_4122}
    assert len(set(made)) == MANY


def test_every_free_bit_of_an_id_is_used() -> None:
    free_in_v7 = ~(0xF << 76 | 0x3 << 62) & ((1 << 80) - 1)
    free_in_v4 = ~(0xF << 76 | 0x3 << 62) & ((1 << 128) - 1)
    assert _varying(new_id() for _ in range(MANY)) & free_in_v7 == free_in_v7
    assert _varying(random_id() for _ in range(MANY)) & free_in_v4 == free_in_v4


def _varying(ids: Iterator[UUID]) -> int:
    ones, zeros = 0, 0
    for one in ids:
        ones |= one.int
        zeros |= ~one.int
    return ones & zeros
