"""One process of a load: `python -m harness.load`, started by `harness.load.crew`, told in lines over its pipes."""

from twisted.internet.defer import Deferred
from twisted.internet.task import react

from harness.load.serving import serve


def main() -> None:
    """Do what standard input says."""
    react(lambda reactor: Deferred.fromCoroutine(serve(reactor)))


if __name__ == "__main__":
    main()
