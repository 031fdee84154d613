"""XML of strangers: no document type, no entities, nothing fetched from anywhere, so that a small text stays small."""

from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from services.intake.feeds.reading import NotUsable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def parse_xml(raw: bytes | str, pointer: str) -> "Element":
    """Raises NotUsable, which points at `pointer`."""
    try:
        root: Element = fromstring(raw, forbid_dtd=True)
    except DefusedXmlException:
        raise NotUsable(pointer, "has a document type or entities, which are not read") from None
    except (ParseError, ValueError, LookupError):
        raise NotUsable(pointer, "is not well-formed XML in an encoding that can be read") from None
    return root


def local_name(element: "Element") -> str:
    return str(element.tag).rpartition("}")[2]
