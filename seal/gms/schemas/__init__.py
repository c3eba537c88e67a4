"""The schema of the group document of TS 24.544, written from what its clause 7.3 names.

Certain are the elements and attributes that are named there, and which of them must be. Ours is that all are in one
namespace, in one order; the standard takes some of them from OMA's schema for shared groups.
"""
