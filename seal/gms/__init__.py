"""The group management server (SGM-S, TS 24.544): group documents over XCAP, and the key material of groups."""
