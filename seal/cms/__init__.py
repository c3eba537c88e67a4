"""The configuration management server (SCM-S, TS 24.546): VAL user profiles and UE configurations over XCAP."""
