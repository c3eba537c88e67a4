"""Whether the second SIP stack is there: without its wheel some tests say nothing."""

import os
import platform
import sys
from importlib.util import find_spec

import pytest


def require_pjsua2() -> None:
    """Skip the test where PyPI has no wheel; elsewhere the wheel has to be there if nothing may be skipped."""
    if sys.version_info >= (3, 13) or platform.machine() != "x86_64":
        pytest.skip("PyPI has no pjsua2-python for this Python and this machine")
    if find_spec("pjsua2") is None:
        missing = "pjsua2-python is not installed (pip install 'val-harness[ue]')"
        if os.environ.get("VAL_NO_SKIP") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
