"""The phone's configuration and group management clients (SCM-C, SGM-C; C-4, C-5): XCAP, with an access token."""
