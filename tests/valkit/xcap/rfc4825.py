"""What RFC 4825 itself gives: the schemas of 11.2 and 12.2, as they stand there."""

from pathlib import Path

from lxml import etree

_VECTORS = Path(__file__).parents[2] / "vectors" / "rfc4825"
ERROR_SCHEMA = etree.XMLSchema(file=str(_VECTORS / "xcap-error.xsd"))
CAPS_SCHEMA = etree.XMLSchema(file=str(_VECTORS / "xcap-caps.xsd"))
