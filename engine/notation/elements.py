"""XML elements made in one call, and text that XML can hold. Pure."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement


def child(parent: Element, tag: str, text: object = None, /, **attributes: str) -> Element:
    """A new last child of an element; an underscore in an attribute's name stands for a hyphen."""
    made = SubElement(
        parent, tag, {name.replace("_", "-"): value for name, value in attributes.items()}
    )
    if text is not None:
        made.text = str(text)
    return made


def xml_text(text: str) -> str:
    """Return text that XML 1.0 can hold: what it cannot becomes U+FFFD."""
    return "".join(c if _is_xml(ord(c)) else "\ufffd" for c in text)


def _is_xml(code: int) -> bool:
    """Return whether a code point is a `Char` of XML 1.0, section 2.2."""
    return (
        code in {0x9, 0xA, 0xD}
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )
