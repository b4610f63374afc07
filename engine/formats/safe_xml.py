"""XML of strangers: parsed without entities, within bounds of size and depth.

The parser is that of `defusedxml`, which refuses what a document may do to its reader (Python's
documentation, "XML vulnerabilities"): entities that grow, and files from elsewhere.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder

from engine.errors import InputError

_DEEPEST = 60
_LONGEST = 8_000_000  # bytes


def parsed_xml(data: bytes, what: str) -> Element:
    """The root element of a document.

    Parameters
    ----------
    data : bytes
    what : str
        What the file should be, for messages: ``"MusicXML"``.

    Raises
    ------
    InputError
        If it is no XML, declares entities, or is larger or deeper than any score.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    if len(data) > _LONGEST:
        raise InputError(
            f"The file has {len(data):,} bytes of XML; at most {_LONGEST:,} are accepted."
        )
    parser = DefusedXMLParser(target=_Builder(what), forbid_dtd=False, forbid_entities=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException:
        raise InputError(
            f"The file declares entities, which can be made to do harm; {what} without them is "
            "accepted."
        ) from None
    except (SyntaxError, ValueError, LookupError):  # LookupError: an encoding nobody knows
        raise InputError(f"The file is no XML; {what} is accepted.") from None
    return root


class _Builder(TreeBuilder):
    """A tree that may not grow deeper than any score."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InputError(
                f"The file nests elements more than {_DEEPEST} deep; {self._what} is accepted."
            )
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)
