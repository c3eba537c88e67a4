import json
import os

from ue_sim.pjsua.child.lines import Lines


def test_lines_are_read_whole() -> None:
    """What has not ended yet is waited for; several at once are several."""
    source, other = os.pipe()
    lines = Lines(source, -1)
    os.write(other, b'{"a": 1}\n{"b"')
    assert lines.read(1.0) == [{"a": 1}]
    assert lines.read(0.0) == []
    os.write(other, b": 2}\n")
    assert lines.read(1.0) == [{"b": 2}]
    assert lines.open
    os.close(other)
    assert lines.read(1.0) == []
    assert not lines.open
    os.close(source)


def test_lines_are_written_whole() -> None:
    """Bytes that are no text travel as they are (PEP 383)."""
    source, target = os.pipe()
    Lines(-1, target).write({"response": "\udcff"})
    data = os.read(source, 100)
    assert data.endswith(b"\n")
    assert json.loads(data) == {"response": "\udcff"}
    os.close(source)
    os.close(target)


def test_nobody_has_to_listen() -> None:
    """A parent that is gone is no error, but the end."""
    source, target = os.pipe()
    os.close(source)
    lines = Lines(-1, target)
    lines.write({})
    assert not lines.open
    os.close(target)
