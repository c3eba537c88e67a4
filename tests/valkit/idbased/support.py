"""Sources of randomness whose next numbers a test decides."""

from valkit.ids import SeededIds


class Given(SeededIds):
    """Gives these numbers, then nothing more."""

    def __init__(self, *numbers: int) -> None:
        super().__init__(0)
        self._numbers = list(numbers)

    def nonce(self, size: int) -> bytes:
        """Give the next number in so many bytes."""
        return self._numbers.pop(0).to_bytes(size)


def changed(data: bytes, bit: int) -> bytes:
    """Change one bit of the data, counted round if there are fewer."""
    bit %= len(data) * 8
    return (int.from_bytes(data) ^ 1 << bit).to_bytes(len(data))
