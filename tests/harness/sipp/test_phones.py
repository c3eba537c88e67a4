from tests.harness.sipp.scripts import KEYS, recv, script, send


def test_each_user_has_a_phone_of_its_own() -> None:
    """Whose name is nobody else's in a lab."""
    users = ["a.b", "a_b", "a_b_2", "core", "UE", "partner", "4711", "a.b"]
    made = script(*(line for user in users for line in (send("REGISTER", user=user), recv(200))))
    registered = [(line.verb, line.told["ue"]) for line in made.lines if isinstance(line.told, dict)]
    names = ["a_b", "a_b_2", "a_b_2_2", "ue_core", "ue_ue", "ue_partner", "ue_4711"]
    assert registered == [*(("ue.register", name) for name in names), ("ue.reregister", "a_b")]
    assert [plan["impi"] for plan in made.phones.values()] == [f"{user}@home.example" for user in users[:-1]]


def test_no_key_that_is_made_up_is_taken_for_one() -> None:
    """A column of a CSV file is no key."""
    made = script(send("REGISTER", "[authentication username=x aka_K=[field1] aka_OP=[field2]]"), recv(200))
    assert made.phones["sipp"]["k"] == "465b5ce8b199b49faa5f0a2ee238a6bc"


def test_keys_identity_and_amf_come_along() -> None:
    """The user name is the private identity; without aka_K the password is K."""
    told = f"[authentication username=other password=0x{'1' * 32} aka_OP=0x{'2' * 32} aka_AMF=0xB9B9]"
    made = script(send("REGISTER", told), recv(200))
    assert made.phones["sipp"] == {
        "impi": "other@home.example",
        "impus": ["sip:sipp@home.example"],
        "k": "1" * 32,
        "op": "2" * 32,
        "opc": None,
        "amf": "b9b9",
    }
    assert made.lost == []


def test_other_keys_of_the_same_phone_are_told() -> None:
    """A lab has one set for each."""
    other = KEYS.replace("1" * 32, "3" * 32)
    made = script(send("REGISTER", KEYS), recv(200), send("REGISTER", other), recv(200))
    assert ["sipp has other keys here than before" in lost.why for lost in made.lost] == [True]
