"""The documents of SEAL as values: user profile, UE configuration (TS 24.546 7), group (TS 24.544 7). Pure.

What is certain of them is the AUID (the VAL service ID), the media types, the roots, and the elements and attributes
that the clauses name. Ours are: where below the AUID a document is, the namespace of a group document's OMA elements,
and the elements that tell of a user's groups, since the content of `<on-network>` is left to the VAL service.
Servers check more than is read here, by schemas (`seal.cms.schemas`, `seal.gms.schemas`).
"""

from valkit.documents.errors import NoSuchDocument
from valkit.documents.group import GroupDocument, group_selector
from valkit.documents.profile import GroupMembership, UserProfile, profile_selector
from valkit.documents.ue_configuration import UeConfiguration, ue_configuration_selector

__all__ = [
    "GroupDocument",
    "GroupMembership",
    "NoSuchDocument",
    "UeConfiguration",
    "UserProfile",
    "group_selector",
    "profile_selector",
    "ue_configuration_selector",
]
