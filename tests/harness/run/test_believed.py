from harness.run.believed import believed
from harness.seen.cast import PCSCF, VALSERVER
from harness.seen.story import story
from tests.harness.scenes import CAST, TOKEN, request, sent


def test_a_broken_token_that_the_val_server_took_is_told() -> None:
    """By its answer to the very request that carried it."""
    asked, other = request("PUBLISH", token=TOKEN), request("PUBLISH", 2)
    took = [sent(PCSCF, VALSERVER, asked), sent(VALSERVER, PCSCF, asked.answer(200))]
    refused = [sent(PCSCF, VALSERVER, asked), sent(VALSERVER, PCSCF, asked.answer(403))]
    another = [sent(PCSCF, VALSERVER, other), sent(VALSERVER, PCSCF, other.answer(200))]
    broken = {TOKEN: "expired"}
    assert believed(story(took, CAST), broken) == "200 for a token that is expired: it was accepted"
    assert believed(story([*refused, *another], CAST), broken) == ""
    assert believed(story(took, CAST), {}) == ""
