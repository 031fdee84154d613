"""Languages by their codes (BCP 47, RFC 5646): a language, perhaps its script, perhaps its region.

Variants, extensions and private use say nothing about whom somebody can talk to, and private use is free text.
"""

import re

_TAG = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?", re.IGNORECASE)
# ISO 639-1. A language that has a code of two letters is written with it; the codes of three letters are thousands.
_TWO_LETTERS = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo "
    "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka "
    "kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng "
    "nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su "
    "sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_OF_TWO_LETTERS = frozenset(_TWO_LETTERS.split())


def canonical(tag: str) -> str | None:
    """In the case that RFC 5646 (§2.1.1) recommends; None for what is no such code."""
    found = _TAG.fullmatch(tag)
    if found is None or not tag.isascii():
        return None
    language, script, region = found.groups()
    if len(language) == 2 and language.lower() not in _OF_TWO_LETTERS:
        return None
    return "-".join(
        part for part in (language.lower(), script and script.capitalize(), region and region.upper()) if part
    )
