"""Schemas of the documents of TS 24.546, written from what its clause 7 names.

Certain are the roots, their namespaces, the attributes and elements that are named there, and which of them must be.
Ours is the order of elements, and `user-profile-groups.xsd`: what `<on-network>` tells of a user's groups.
"""
