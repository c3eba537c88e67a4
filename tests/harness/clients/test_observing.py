from harness.clients.observing import BindingSeen, EventReader, seen


def test_a_binding_reads_as_a_sentence() -> None:
    """Failures show it so; what else a server says of it is left out."""
    binding = seen(
        impu="sip:a@b",
        val_user_id="a",
        val_service_ids=["x", "y"],
        via=["REGISTER"],
        jtis=["1"],
        ends=5.0,
        registrar="",
    )
    assert binding == BindingSeen("sip:a@b", "a", ("x", "y"), ("REGISTER",), ("1",))
    assert str(binding) == "sip:a@b bound to a in x, y by REGISTER"


def test_events_are_read_however_the_stream_is_cut() -> None:
    """Each whole event is told once, comments not at all, its time left out and its lists as words."""
    stream = (
        b':\n\nid: e-1\nevent: bound\ndata: {"at": 1.5, "what": "bound", "val_service_ids": ["x", "y"]}\n\nevent: un'
    )
    for cut in range(len(stream)):
        told: list[tuple[str, dict[str, str]]] = []
        reader = EventReader(lambda what, fields, told=told: told.append((what, fields)))  # type: ignore[misc]
        reader(stream[:cut])
        reader(stream[cut:])
        assert told == [("bound", {"val_service_ids": "x y"})]
