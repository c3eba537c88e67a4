"""Registration information: the document of the reg event package, written and read (RFC 3680 5)."""

from valkit.reginfo.document import NAMESPACE, TYPE, Contact, RegInfo, Registration
from valkit.reginfo.reading import Unreadable, read
from valkit.reginfo.view import View

__all__ = ["NAMESPACE", "TYPE", "Contact", "RegInfo", "Registration", "Unreadable", "View", "read"]
