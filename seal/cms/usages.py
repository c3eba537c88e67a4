"""The documents of a configuration management server: which there are, and what they must be like (TS 24.546 7)."""

import re
from importlib.resources import files
from pathlib import Path

from seal.xcap.errors import Conflicting, Refused
from seal.xcap.usage import Schema, Usage
from valkit.documents import profile, ue_configuration
from valkit.xcap import Condition, DocumentSelector

_SCHEMAS = Path(str(files("seal.cms.schemas")))
_profile = re.compile(rf"{profile.NAME}(?:-(0|[1-9][0-9]{{0,2}}))?")


def _index_is_in_the_name(selector: DocumentSelector, text: bytes) -> None:
    named = _profile.fullmatch(selector.name)
    index = profile.UserProfile.read(text).index
    if named is not None and named[1] is not None and index != int(named[1]):
        raise Conflicting(Condition.CONSTRAINT, f"user-profile-index is {index}, and the file name says {named[1]}")


def _service_is_the_usage(selector: DocumentSelector, text: bytes) -> None:
    said = ue_configuration.UeConfiguration.read(text).val_service_id
    if said and said != selector.auid:
        raise Conflicting(Condition.CONSTRAINT, f"VAL-service-id is {said}, and the AUID is {selector.auid}")


PROFILE = Usage(
    profile.MEDIA_TYPE,
    profile.NAMESPACE,
    Schema(_SCHEMAS / "seal-user-profile.xsd"),
    constrain=_index_is_in_the_name,
)
UE_CONFIGURATION = Usage(
    ue_configuration.MEDIA_TYPE,
    ue_configuration.NAMESPACE,
    Schema(_SCHEMAS / "seal-ue-configuration.xsd"),
    constrain=_service_is_the_usage,
)
NAMESPACES = (profile.NAMESPACE, profile.OURS, ue_configuration.NAMESPACE)


def usage_of(selector: DocumentSelector) -> Usage:
    """Give the usage of a document. Raises Refused with 404 where a server like this has none of this name."""
    match selector:
        case DocumentSelector(xui=str(), path=(name,)) if _profile.fullmatch(name):
            return PROFILE
        case DocumentSelector(path=(ue_configuration.NAME,)):
            return UE_CONFIGURATION
    raise Refused(404, f"there are {profile.NAME}, {profile.NAME}-<index> and {ue_configuration.NAME} here")


def is_profile(selector: DocumentSelector) -> bool:
    """Whether a document is a user profile; otherwise it is a UE configuration."""
    return usage_of(selector) is PROFILE
