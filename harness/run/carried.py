"""What goes with a run of pytest: with its configuration, its items and its reports. Imports nothing but pytest."""

from typing import Any

import pytest

EVERY_FILE = pytest.StashKey[bool]()
"""Set by `val run`: every YAML file is to be a scenario file, and an error if it is none."""

WIDTH = pytest.StashKey[int]()
"""Set by `val run`: how wide ladders may be, if its output goes to a terminal."""

UNREAD = pytest.StashKey[bool]()
"""Set by `val run`: nobody sees the ladder of a scenario that passed, so that none is drawn."""

REPORTING = pytest.StashKey[bool]()
"""Set by `val run`: a report is made, so that everything that happened is to be told."""

REACTOR_LATER = pytest.StashKey[bool]()
"""Set by `val run`: the reactor is made when scenarios are played, perhaps in children, and not before."""

EXTERNAL = pytest.StashKey[bool]()
"""Of an item whose lab has parts that are not ours: every scenario meets the same ones, so that no two play at once."""

ACCOUNT = pytest.StashKey[dict[str, Any]]()
"""What an item tells of itself for a report, as JSON has it."""

TOLD = "val_account"
"""The attribute of pytest's own report that has it: it goes with the report wherever that goes."""

CLAUSE = "clause"
"""The property under which JUnit has the requirements of a scenario."""

UNSEEN = "not observable"
"""The property that names what could not be observed of parts that are not ours."""

LADDER = "ladder"
"""The report section that holds the ladder."""

STACKS = "val-stacks"
"""What the plugin is called that holds the processes of a SIP stack that is not ours."""
