"""A damaged police file: the good rows go in, the bad ones are listed with line, field and reason."""

import io

import pytest

from services.intake.feeds.csv_lines import LONGEST_LINE
from services.intake.feeds.dc_crime import read_dc_crime
from services.intake.feeds.reading import Broken, ReadReport
from tests.unit.intake.crime_rows import ASSAULT, CITY, HEADER, read, read_bytes, row
from tests.unit.intake.memory import grows_by


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(end: str, mark: str) -> None:
    assert read(row(), header=mark + HEADER, end=end) == read(row())


def test_columns_are_found_by_name_in_any_order_and_unknown_ones_are_ignored() -> None:
    header = "extra, longitude ,LATITUDE,Offense,METHOD,REPORT_DAT"
    (report,) = read(f"x,-77.03,38.88,{ASSAULT},GUN,2022/08/24 16:07:14+00", header=header)
    assert isinstance(report, ReadReport)
    assert report.body["kind"] == "shooting"


@pytest.mark.parametrize("column", ["OFFENSE", "METHOD", "REPORT_DAT", "LATITUDE", "LONGITUDE"])
def test_a_file_without_a_needed_column_is_broken_once_at_its_header(column: str) -> None:
    header = HEADER.replace(column, "SOMETHING")
    missing = Broken(1, column, "this column is missing, so nothing can be read", of_all=True)
    assert read(row(), row(), header=header) == [missing]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n \r\n", "the file is empty"),
        (HEADER.encode("utf-16"), "contains a NUL byte"),
        (b"\xff\xfe" + HEADER.encode(), "is not UTF-8 text"),
        (b"x" * (2 * LONGEST_LINE), f"longer than {LONGEST_LINE} bytes"),
    ],
)
def test_a_file_without_a_readable_header_is_broken_once(content: bytes, reason: str) -> None:
    assert read_bytes(content) == [Broken(1, None, reason, of_all=True)]


BROKEN = [
    (row(at=""), "REPORT_DAT"),
    (row(at="2022/08/24 16:07:14"), "REPORT_DAT"),
    (row(at="2022/02/30 16:07:14+00"), "REPORT_DAT"),
    (row(at="2022/08/24 25:07:14+00"), "REPORT_DAT"),
    (row(at="2022/08/24 16:07:14+99"), "REPORT_DAT"),
    (row(at="0001/01/01 00:00:00+14"), "REPORT_DAT"),
    (row(at="yesterday"), "REPORT_DAT"),
    (row(lat=""), "LATITUDE"),
    (row(lat="nan"), "LATITUDE"),
    (row(lat="1e1"), "LATITUDE"),
    (row(lon="-77,03"), None),
    (row(lon="inf"), "LONGITUDE"),
    (row(lon="٣٨"), "LONGITUDE"),
    (row(lat="0", lon="0"), "LATITUDE"),
    (row(lat="-77.03195806", lon="38.88546655"), "LATITUDE"),
    (row(ccn="22 12"), "CCN"),
    (row(ccn="1" * 33), "CCN"),
    (row(offense="JAYWALKING"), "OFFENSE"),
    (row(offense=""), "OFFENSE"),
    ("22127349,2022/08/24 16:07:14+00,GUN", "OFFENSE"),
    (row() + ",one more", None),
    (row(block='"300 BLOCK OF ELM'), None),
    (row(block="\0"), None),
    (row(block="x" * LONGEST_LINE), None),
    (row(block="x" * (3 * LONGEST_LINE)), None),
    (row(at="1661357234"), "REPORT_DAT"),
    (row(at="2022-13-24T16:07:14Z"), "REPORT_DAT"),
    (row(lat="38,88"), None),
    (row(lat="38.88N"), "LATITUDE"),
    (row(lon="-77031958"), "LONGITUDE"),
    (row(lat="99999999999999999999"), "LATITUDE"),
]


@pytest.mark.parametrize(("bad", "field"), BROKEN)
def test_a_broken_row_is_listed_with_line_field_and_reason_and_the_good_rows_go_in(bad: str, field: str | None) -> None:
    first, second = row(ccn="22000001"), row(ccn="22000002")
    broken, *good = read(first, bad, second)
    assert isinstance(broken, Broken)
    assert (broken.line, broken.field) == (3, field)
    assert broken.reason
    assert [report.lines for report in good if isinstance(report, ReadReport)] == [(2,), (4,)]


def test_a_line_in_another_encoding_breaks_alone() -> None:
    lines = [HEADER.encode(), row().encode(), row(block="CAF\u00c9").encode("latin-1"), row(ccn="1").encode()]
    broken, *good = read_bytes(b"\n".join(lines))
    assert broken == Broken(3, None, "is not UTF-8 text")
    assert len(good) == 2


def test_what_is_broken_never_repeats_what_stood_there() -> None:
    secret = "s3cret"
    columns = ({"ccn": f"? {secret}"}, {"at": secret}, {"offense": secret}, {"lat": secret}, {"lon": secret})
    broken = [read(row(**column))[0] for column in columns]
    assert all(isinstance(one, Broken) and secret not in repr(one) for one in broken)


def test_blank_lines_are_passed_over_and_counted() -> None:
    (report,) = read("", row(), "  ")
    assert isinstance(report, ReadReport)
    assert report.lines == (3,)


def test_a_last_line_without_an_end_is_read() -> None:
    assert read_bytes(f"{HEADER}\n{row()}".encode()) == read(row())


def test_thousands_of_broken_rows_leave_memory_flat() -> None:
    assert len(BROKEN) >= 30
    lines = [HEADER, *(bad for _ in range(20) for bad, _ in BROKEN)]
    content = "\n".join(lines).encode("utf-8")

    def all_but_kept() -> int:
        return sum(isinstance(one, Broken) for one in read_dc_crime(io.BytesIO(content), CITY))

    assert all_but_kept() > 500
    held, highest = grows_by(all_but_kept, times=10)
    assert held < 100_000, "a sixth of what 6,000 objects would take"
    assert highest < 3_000_000
