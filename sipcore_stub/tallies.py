"""Which notes of a core are counted for its metrics, and by what; SIP messages are counted as they pass."""

from sipcore_stub.hss.hss import Flag
from valkit.aka.digest import Algorithm
from valkit.tallies import Tally

TALLIES = (
    Tally("val_challenges", "Authentication vectors issued for challenges", ["vector issued"]),
    Tally("val_synchronisations", "Sequence numbers synchronised", ["synchronised"]),
    Tally(
        "val_proofs",
        "Answers to challenges, right or wrong",
        ["res verified", "res wrong"],
        {
            "algorithm": [str(each) for each in Algorithm],
        },
    ),
    Tally("val_registration_flags", "Changes of registration flags", ["flag"], {"flag": [each.value for each in Flag]}),
)
