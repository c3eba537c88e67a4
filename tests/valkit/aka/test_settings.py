"""The keys of a subscriber as a file has them."""

import pytest

from tests.vectors.milenage import FULL
from tests.vectors.tuak import SETS, Known
from valkit.aka.milenage import Milenage
from valkit.aka.password import Password
from valkit.aka.settings import SubscriberKeys
from valkit.aka.tuak import Tuak
from valkit.settings import SettingsError, read

MILENAGE = FULL[0]
RAND = bytes(16)


def keys(**given: object) -> SubscriberKeys:
    """Read a file with these lines."""
    return read(SubscriberKeys, "".join(f"{name}: {value}\n" for name, value in given.items()), "keys.yaml")


@pytest.mark.parametrize("name", ["op", "opc"])
def test_milenage_is_what_is_meant_without_a_word(name: str) -> None:
    """OP and OPc of a set give the same functions."""
    functions = keys(k=MILENAGE.k, **{name: getattr(MILENAGE, name)}).functions
    assert isinstance(functions, Milenage)
    assert functions.f5_star(bytes.fromhex(MILENAGE.rand)).hex() == MILENAGE.f5_star


@pytest.mark.parametrize("name", ["top", "topc"])
@pytest.mark.parametrize("known", SETS[:1] + SETS[4:], ids=["set 1", "set 5", "set 6"])
def test_tuak_with_its_sizes_and_iterations(known: Known, name: str) -> None:
    """TOP and TOPc of a set give f2 to f5 of the set, at the sizes that the file asks for."""
    sizes = {"res": 4 * len(known.f2), "ck": 4 * len(known.f3), "ik": 4 * len(known.f4)}
    chosen = f"{{iterations: {known.iterations}, res: {sizes['res']}, ck: {sizes['ck']}, ik: {sizes['ik']}}}"
    functions = keys(algorithm="tuak", k=known.k, **{name: getattr(known, name)}, tuak=chosen).functions
    assert isinstance(functions, Tuak)
    outputs = functions.outputs(bytes.fromhex(known.rand), int(known.sqn, 16), bytes.fromhex(known.amf))
    assert [value.hex() for value in outputs[1:]] == [known.f2, known.f3, known.f4, known.f5]
    assert len(outputs.mac_a) == 8


TUAK_KEYS = {"algorithm": "tuak", "k": SETS[0].k, "topc": SETS[0].topc}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"k": MILENAGE.k}, "either op or opc (expected exactly one of them)"),
        ({"k": MILENAGE.k, "op": MILENAGE.op, "opc": MILENAGE.opc}, "either op or opc (expected exactly one of them)"),
        ({"k": MILENAGE.k, "opc": MILENAGE.opc, "topc": SETS[0].topc}, "has topc, which milenage does not take"),
        ({"k": MILENAGE.k, "opc": MILENAGE.opc, "tuak": "{res: 64}"}, "has tuak, which milenage does not take"),
        ({"opc": MILENAGE.opc}, "has to have k with algorithm milenage"),
        ({"k": MILENAGE.k, "algorithm": "digest"}, "has to have password with algorithm digest"),
        ({"k": MILENAGE.k, "algorithm": "digest", "password": "x"}, "has k, which digest does not take"),
        ({"k": SETS[1].k, "opc": MILENAGE.opc}, "has a k of 64 digits, which only TUAK takes"),
        ({"k": MILENAGE.k[2:], "opc": MILENAGE.opc}, "k: is not a key (expected 32 or 64 hexadecimal digits)"),
        ({"k": MILENAGE.k, "opc": SETS[0].topc}, "opc: is not a key (expected 32 hexadecimal digits)"),
        ({"algorithm": "tuak", "k": SETS[0].k}, "either top or topc (expected exactly one of them)"),
        (TUAK_KEYS | {"op": MILENAGE.op}, "has op, which tuak does not take"),
        (TUAK_KEYS | {"topc": MILENAGE.opc}, "topc: is not a key (expected 64 hexadecimal digits)"),
        (TUAK_KEYS | {"tuak": "{res: 48}"}, "tuak.res: is '48' (expected 32, 64, 128 or 256"),
        (TUAK_KEYS | {"tuak": "{iterations: 0}"}, "tuak.iterations: is 0"),
        (TUAK_KEYS | {"algorithm": "tuac"}, "did you mean tuak?"),
    ],
)
def test_what_does_not_go_together_is_told(given: dict[str, str], said: str) -> None:
    """What is wrong and what was expected, and no key."""
    with pytest.raises(SettingsError) as caught:
        keys(**given)
    assert said in str(caught.value)
    assert given.get("k", MILENAGE.k) not in str(caught.value)


def test_a_password_in_place_of_a_card() -> None:
    """As bytes, in UTF-8."""
    assert keys(algorithm="digest", password="Grüße").functions == Password("Grüße".encode())


def test_no_key_is_shown() -> None:
    """Whichever they are."""
    assert SETS[0].k not in repr(keys(**TUAK_KEYS))
    assert repr(bytes.fromhex(SETS[0].topc)) not in repr(keys(**TUAK_KEYS))
    assert "open sesame" not in repr(keys(algorithm="digest", password="open sesame"))
