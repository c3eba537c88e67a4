"""What the proxy answers itself."""

import re
from http import HTTPStatus

from seal.proxy.errors import Refusal, Refused


def test_each_refusal_is_told_in_its_own_words() -> None:
    """A status there is, an error type of RFC 9209, a name and a sentence that no other has."""
    causes, sentences = {each.cause for each in Refusal}, {each.sentence for each in Refusal}
    assert len(causes) == len(sentences) == len(list(Refusal))
    for each in Refusal:
        assert HTTPStatus(each.status) >= 400
        assert re.fullmatch("[a-z_]+", each.kind)
        assert '"' not in each.sentence
    assert str(Refused(Refusal.LOOP, "again")) == "loop again"
