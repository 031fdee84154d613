"""Rows as they stand in the police file, with defaults for everything but the fact under test."""

import io
from zoneinfo import ZoneInfo

from services.intake.feeds.dc_crime import read_dc_crime
from services.intake.feeds.dc_offences import City
from services.intake.feeds.reading import Broken, ReadReport, Skipped

CITY = City(ZoneInfo("America/New_York"), south=38.79, west=-77.12, north=39.0, east=-76.9)
HEADER = "CCN,REPORT_DAT,METHOD,OFFENSE,BLOCK,LATITUDE,LONGITUDE"
ASSAULT = "ASSAULT W/DANGEROUS WEAPON"


def row(
    *,
    ccn: str = "22127349",
    at: str = "2022/08/24 16:07:14+00",
    method: str = "GUN",
    offense: str = ASSAULT,
    block: str = "300 - 399 BLOCK OF ELM STREET",
    lat: str = "38.88546655",
    lon: str = "-77.03195806",
) -> str:
    return f"{ccn},{at},{method},{offense},{block},{lat},{lon}"


def homicide(ccn: str = "22122051", at: str = "2022/08/24 04:00:00+00") -> str:
    return row(ccn=ccn, at=at, offense="HOMICIDE")


def read(*rows: str, header: str = HEADER, end: str = "\n") -> list[ReadReport | Skipped | Broken]:
    return read_bytes(end.join((header, *rows, "")).encode())


def read_bytes(content: bytes) -> list[ReadReport | Skipped | Broken]:
    return list(read_dc_crime(io.BytesIO(content), CITY))


def the_report(*rows: str) -> ReadReport:
    (report,) = read(*rows)
    assert isinstance(report, ReadReport)
    return report
