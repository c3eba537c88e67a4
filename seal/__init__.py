"""The SEAL servers of TS 33.434: identity management first."""
