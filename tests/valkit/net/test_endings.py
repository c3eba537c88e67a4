import pytest
from OpenSSL.SSL import Error
from service_identity import VerificationError
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure

from valkit.net.endings import broken_tls, why


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("certificate verify failed", "the certificate shown is of no authority that is trusted here (tls)"),
        ("tlsv1 alert unknown ca", "the peer does not trust our certificate's authority"),
        ("wrong version number", "no TLS is spoken there"),
        ("something new", "TLS failed: something new"),
    ],
)
def test_openssls_words_are_told_in_ours(said: str, meant: str) -> None:
    """What somebody set up wrongly, rather than which line of the standard was broken."""
    reason = Failure(Error([("SSL routines", "", said)]))
    assert (broken_tls(reason), why(reason)) == (meant, meant)


def test_a_certificate_for_another_name_is_told() -> None:
    """The authority is trusted, and vouches for somebody else."""
    assert "another name" in why(Failure(VerificationError(errors=[])))


def test_a_connection_that_just_ends() -> None:
    """Where TLS never stood, or nothing ever came, that may be why."""
    done, lost = Failure(ConnectionDone()), Failure(ConnectionLost("reset"))
    assert broken_tls(done) == ""
    assert why(done) == "the peer closed the connection"
    assert why(done, stood=False) == why(lost, stood=False)
    assert "before TLS stood" in why(done, stood=False)
    assert "perhaps it takes TLS only" in why(done, silent=True)
    assert "reset" in why(lost)
    assert why(Failure(Error())) == "TLS failed: it was broken off"
