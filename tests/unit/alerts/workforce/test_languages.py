"""Languages are codes of BCP 47: a language, perhaps a script, perhaps a region, and nothing that could be a text."""

import pytest

from services.alerts.domain.languages import canonical


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("en", "en"),
        ("ES", "es"),
        ("es-419", "es-419"),
        ("pt-br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("am", "am"),
        ("ase", "ase"),
    ],
)
def test_a_language_is_kept_in_its_usual_case(sent: str, kept: str) -> None:
    assert canonical(sent) == kept


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "e",
        "xx",
        "english",
        "en_US",
        "en-",
        "en-USA",
        "en-x-likes-cats",
        "de-1996",
        "i-klingon",
        "en US",
        "ён",
        "en\n",
    ],
)
def test_what_is_no_such_code_is_not_kept(sent: str) -> None:
    assert canonical(sent) is None
