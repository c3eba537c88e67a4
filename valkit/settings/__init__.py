"""Settings, labs and scenarios: a YAML text becomes a frozen model, or every fault in it with its line.

A table in CSV becomes documents of a line each. Knows YAML, CSV and pydantic, no file and no program's
settings: whoever opens the file hands its text and name in.
"""

from valkit.settings.document import Document, Position, documents, readable
from valkit.settings.faults import Fault, Path, SettingsError
from valkit.settings.model import Origins, Settings, read, read_json, validated
from valkit.settings.table import decoded, rows
from valkit.settings.types import Duration, HttpsOrigin, HttpsUrl, YesNo, written_as

__all__ = [
    "Document",
    "Duration",
    "Fault",
    "HttpsOrigin",
    "HttpsUrl",
    "Origins",
    "Path",
    "Position",
    "Settings",
    "SettingsError",
    "YesNo",
    "decoded",
    "documents",
    "read",
    "read_json",
    "readable",
    "rows",
    "validated",
    "written_as",
]
