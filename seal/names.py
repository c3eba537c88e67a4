"""Names of whatever kind, as people and programs write them."""

import re
from typing import Annotated

from pydantic import AfterValidator


def matching(pattern: str, expected: str) -> AfterValidator:
    """Make the validator of a field whose text matches a pattern as a whole."""

    def validate(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(f"cannot be used (expected {expected})")
        return text

    return AfterValidator(validate)


Name = Annotated[str, matching(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}", "1 to 200 characters, no control characters")]
"""A name of whatever kind."""
