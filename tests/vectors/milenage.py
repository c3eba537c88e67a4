"""Known answers of Milenage and of resynchronisation.

Sets 1 to 6: 3GPP TS 35.207 4 to 6 and TS 35.208 4, as published in hexadecimal; sets 4 to 6 with f2 only.
AUTN of sets 1 to 3, and the AUTS of set 1: computed from the sets by an implementation that is not this one.
RESYNC: osmocom libosmocore, tests/auth/milenage_test.c, whose K is also its OPc.
"""

from typing import NamedTuple


class Full(NamedTuple):
    """One whole set, in hexadecimal."""

    k: str
    rand: str
    sqn: str
    amf: str
    op: str
    opc: str
    f1: str
    f1_star: str
    f2: str
    f5: str
    f3: str
    f4: str
    f5_star: str
    autn: str


FULL = (
    Full(
        k="465b5ce8b199b49faa5f0a2ee238a6bc",
        rand="23553cbe9637a89d218ae64dae47bf35",
        sqn="ff9bb4d0b607",
        amf="b9b9",
        op="cdc202d5123e20f62b6d676ac72cb318",
        opc="cd63cb71954a9f4e48a5994e37a02baf",
        f1="4a9ffac354dfafb3",
        f1_star="01cfaf9ec4e871e9",
        f2="a54211d5e3ba50bf",
        f5="aa689c648370",
        f3="b40ba9a3c58b2a05bbf0d987b21bf8cb",
        f4="f769bcd751044604127672711c6d3441",
        f5_star="451e8beca43b",
        autn="55f328b43577b9b94a9ffac354dfafb3",
    ),
    Full(
        k="0396eb317b6d1c36f19c1c84cd6ffd16",
        rand="c00d603103dcee52c4478119494202e8",
        sqn="fd8eef40df7d",
        amf="af17",
        op="ff53bade17df5d4e793073ce9d7579fa",
        opc="53c15671c60a4b731c55b4a441c0bde2",
        f1="5df5b31807e258b0",
        f1_star="a8c016e51ef4a343",
        f2="d3a628ed988620f0",
        f5="c47783995f72",
        f3="58c433ff7a7082acd424220f2b67c556",
        f4="21a8c1f929702adb3e738488b9f5c5da",
        f5_star="30f1197061c1",
        autn="39f96cd9800faf175df5b31807e258b0",
    ),
    Full(
        k="fec86ba6eb707ed08905757b1bb44b8f",
        rand="9f7c8d021accf4db213ccff0c7f71a6a",
        sqn="9d0277595ffc",
        amf="725c",
        op="dbc59adcb6f9a0ef735477b7fadf8374",
        opc="1006020f0a478bf6b699f15c062e42b3",
        f1="9cabc3e99baf7281",
        f1_star="95814ba2b3044324",
        f2="8011c48c0c214ed2",
        f5="33484dc2136b",
        f3="5dbdbb2954e8f3cde665b046179a5098",
        f4="59a92d3b476a0443487055cf88b2307b",
        f5_star="deacdd848cc6",
        autn="ae4a3a9b4c97725c9cabc3e99baf7281",
    ),
)


class Response(NamedTuple):
    """The sets of which only f2 is given, in hexadecimal."""

    k: str
    rand: str
    sqn: str
    amf: str
    op: str
    f2: str


RESPONSES = (
    Response(
        k="9e5944aea94b81165c82fbf9f32db751",
        rand="ce83dbc54ac0274a157c17f80d017bd6",
        sqn="0b604a81eca8",
        amf="9e09",
        op="223014c5806694c007ca1eeef57f004f",
        f2="f365cd683cd92e96",
    ),
    Response(
        k="4ab1deb05ca6ceb051fc98e77d026a84",
        rand="74b0cd6031a1c8339b2b6ce2b8c4a186",
        sqn="e880a1b580b6",
        amf="9f07",
        op="2d16c5cd1fdf6b22383584e3bef2a8d8",
        f2="5860fc1bce351e7e",
    ),
    Response(
        k="6c38a116ac280c454f59332ee35c8c4f",
        rand="ee6466bc96202c5a557abbeff8babf63",
        sqn="414b98222181",
        amf="4464",
        op="1ba00a1a7c6700ac8c3ff3e96ad08725",
        f2="16c8233f05a0ac28",
    ),
)


class Resync(NamedTuple):
    """A USIM's SQN_MS, and the AUTS it makes of it, in hexadecimal."""

    k: str
    opc: str
    rand: str
    sqn_ms: str
    auts: str


RESYNCS = (
    Resync(
        k=FULL[0].k,
        opc=FULL[0].opc,
        rand=FULL[0].rand,
        sqn_ms=FULL[0].sqn,
        auts="ba853f3c123ccf44e93596e355c6",
    ),
    Resync(
        k="000102030405060708090a0b0c0d0e0f",
        opc="000102030405060708090a0b0c0d0e0f",
        rand="00000000000000000000000000000000",
        sqn_ms="00000000001f",
        auts="8711a0ec9e1637df17f80b384ee4",
    ),
)
