"""The MusicXML 4.0 schema of the development package `musicxml`, made loadable without a network.

The schema imports two others by address. Stand-ins for those declare the attributes it refers to.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree

_HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/'
_XML = (
    _HEAD + 'XML/1998/namespace"><xs:attribute name="lang" type="xs:language"/>'
    '<xs:attribute name="space" type="xs:NCName"/></xs:schema>'
)
_XLINK = (
    _HEAD
    + '1999/xlink">'
    + "".join(
        f'<xs:attribute name="{name}" type="xs:string"/>'
        for name in ("href", "type", "role", "title", "show", "actuate")
    )
    + "</xs:schema>"
)


@cache
def schema() -> etree.XMLSchema:
    spec = find_spec("musicxml")
    assert spec is not None
    assert spec.origin is not None
    original = Path(spec.origin).parent / "generate_classes" / "musicxml_4_0.xsd"
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "xml.xsd").write_text(_XML)
        (folder / "xlink.xsd").write_text(_XLINK)
        local = original.read_text("utf-8").replace("http://www.musicxml.org/xsd/", "")
        (folder / "musicxml.xsd").write_text(local, "utf-8")
        return etree.XMLSchema(etree.parse(folder / "musicxml.xsd"))


def errors(data: bytes) -> list[str]:
    """What makes a file invalid; nothing when it is valid."""
    checked = schema()
    checked.validate(etree.fromstring(data))
    return [str(error) for error in checked.error_log]
