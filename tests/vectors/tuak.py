"""Known answers of TUAK and of the permutation it stands on, in hexadecimal.

PERMUTATIONS: the six sets for Keccak-f[1600] of 3GPP TS 35.232, as in CryptoMobile, test/test_TUAK.py (GitHub
mitshell/CryptoMobile). SETS: test sets 1 to 6 of 3GPP TS 35.233 6.3 to 6.8, as in libosmocore, tests/auth/tuak_test.c
(osmocom), and, the same, in CryptoMobile.
"""

from typing import NamedTuple


class Permutation(NamedTuple):
    """The 200 bytes of a state, before and after."""

    before: str
    after: str


PERMUTATIONS = (
    Permutation(
        before=(
            "2476d2dac59e2e9349df3255a9dab1b69eb5c208f151c7309e8c8f17db456d0b5eb0afb6c73e37ce8ccccf20b79d8a672941"
            "49174809e429709330c4ad231d3e5211ae0bd80520c43ad4b436625792a76c52089d0f739271151a37594df66de4429f3c97"
            "0a3456b6ce2c78cd1128717f4bdb731a4c97dbe5eb7353fe81e37c33ac60b82122eac611a98e0e7442b99964752293e4f9c6"
            "96ba05f07a21451f90730c9678c645ad4be44c4d2d981a3412081c9c6b05c993ff1c561a0d242b4706d501c34765b37a0b50"
        ),
        after=(
            "2fdc58d4d94a884c1cb03a8e63acab8375e856b561ba3a0625e830acdb55734286646f87189b435425b5d6654e228228b697"
            "b81cbead655b71aaccc25e3d7e51b5cb5ac227f67f2ad8a062976782b08a7ec3f1b538d6008c0babef83da64366b62a53f88"
            "a3dc0629bded795f3220f3c65c76bdd01243e88f63d6912e5fb5cda167b71f9baaa742dc193ff78c1767a38a1c96408cce16"
            "9239b077f2903a07b8c46a048d66318e595ea4bb92992c7c2d3dcd381975b6e05f85ba18152096cc30ed22140ff3b6711ea7"
        ),
    ),
    Permutation(
        before="80" + "00" * 199,
        after=(
            "44e0e58ca968975c4c2592a157f53f2124519b010b89e15e301ef58f76501db59cde067f1fde09c0a4b5c210a6a19f06ba4c"
            "8f0c6fc868f0fc80a63b2553791e41c82278ad115efc70f71d641ff0774aa5d547b6d9914914022c514c45fceca61cb66b0f"
            "0313e34988ae0d36737e2c0529907fe653fc4e185d07f3961f826bb88031af844d9e7d9876170363fde76786c58ccbcf5c3a"
            "01bb914c1b0208a27c7be3bbbbbb9976e040317afc2afbfadc7ba7fc237235c65551aa3139641fa8db2e6483f28740b31b61"
        ),
    ),
    Permutation(
        before=bytes(range(1, 201)).hex(),
        after=(
            "5dd0e3dd9e46db2187a9e1a444427d7a832fef29913990e015ea8d1f3f1fa6413ffbbc586f5a4d694dd60668fbf3b4bbda49"
            "45c9ea0cbee211735ebfa8399b613aff34d1dd47fa398c78f48a91a6657d29036c87f7735f43e2abb76a135045b70e42c59d"
            "809214a4cd301f1857300a55d01d32365b6abda51ead7541db7beddc46e485727c3b2b5d83b59e5a7a62e0131614ba0d7bfa"
            "cd4eba716232808859f003855f5c47010a50e1262f9e9e812e6cb3dd52d9adb7be1910427634025231968de0b43fa24b4b3e"
        ),
    ),
    Permutation(
        before="ab" * 200,
        after=(
            "0052f00eb409b5ce5f78e95320ee6a715f5b1a0a7e5bed0343d6911330abe2fc57b66fb5ba9ef2880b0575ed0a9870c50c66"
            "57838a1d32f388fdc3a4e73246ddd956587477c4c8d41ad419140452cc171323ae1ff0910ce1c3278b62c64875912b7f7c21"
            "cfa052e0b040214c5f3b81c320758792cea0c8d1e42e92e1ef3cf066be16c61ee44ddd69db729a825d4dbbfd9f97da46c610"
            "3d5a5f8c8d21bd427d58af4b411178bede5a1986a0c91d38c485ee2d5472bdd0a5b9faabf7077313caf9f30a1e46ac8e1258"
        ),
    ),
    Permutation(
        before="cd" * 200,
        after=(
            "c16ca06def3add45b20ccfd67aa8f91215c2e8751edd02a5103f61ba6f7bf3bbb2595f411baf6aab1653f17e951e2dc88dfb"
            "f76867940a6338608218f8dff1417bdb3c6f45226487a9a6078b656a37ff861dfa793077c08803a8b962da6724ddc86d1093"
            "ffd00588a28e6c1b801f735463bc05581ed597bdbf37a459297f650539989efc4a7a9c8b2233c020dea30034c1f2c6cf5e0c"
            "cccc535540871803ed3d20b0c51013a3024ac56b33af5a2611233d537d11804ef02eb55978ffd43d9a7e48844264dece8fa8"
        ),
    ),
    Permutation(
        before="".join(f"{lane:02x}" + "00" * 7 for lane in (0, 1, 2, 3, 4)) * 5,
        after=(
            "560dbe41f6a75a7d33e15d6bfe0bdc647de554341ce0d061bbbdf1be757649dee741b1fd37418da6f35ab70e1587cc368c1b"
            "89adccce1d07ad920d4d9d08a043946c2f6fe1a517a249ce3c8a5f834eecfa2faaaddee832e6db24d42a2b04a78463a9b2df"
            "6d2f02fc5c29732a126514fb15eb7abe7fbf5718916691c7c2f8434600da7e2f9b7665a59c6141115505c9d9e9f805af6f9e"
            "6bc4f19c65c60ea972a6e4fa01857d298a09268390d574f63d4f76fb6d6dfcd13738c49848acd51e4ed783afa1ba520fa337"
        ),
    ),
)


class Known(NamedTuple):
    """One whole set; the sizes of the outputs are those of its values."""

    k: str
    rand: str
    sqn: str
    amf: str
    top: str
    iterations: int
    topc: str
    f1: str
    f1_star: str
    f2: str
    f3: str
    f4: str
    f5: str
    f5_star: str


SETS = (
    Known(
        k="abababababababababababababababab",
        rand="42424242424242424242424242424242",
        sqn="111111111111",
        amf="ffff",
        top="5555555555555555555555555555555555555555555555555555555555555555",
        iterations=1,
        topc="bd04d9530e87513c5d837ac2ad954623a8e2330c115305a73eb45d1f40cccbff",
        f1="f9a54e6aeaa8618d",
        f1_star="e94b4dc6c7297df3",
        f2="657acd64",
        f3="d71a1e5c6caffe986a26f783e5c78be1",
        f4="be849fa2564f869aecee6f62d4337e72",
        f5="719f1e9b9054",
        f5_star="e7af6b3d0e38",
    ),
    Known(
        k="fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0",
        rand="0123456789abcdef0123456789abcdef",
        sqn="0123456789ab",
        amf="abcd",
        top="808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        iterations=1,
        topc="305425427e18c503c8a4b294ea72c95d0c36c6c6b29d0c65de5974d5977f8524",
        f1="c0b8c2d4148ec7aa5f1d78a97e4d1d58",
        f1_star="ef81af7290f7842c6ceafa537fa0745b",
        f2="e9d749dc4eea0035",
        f3="a4cb6f6529ab17f8337f27baa8234d47",
        f4="2274155ccf4199d5e2abcbf621907f90",
        f5="480a9345cc1e",
        f5_star="f84eb338848c",
    ),
    Known(
        k="fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0",
        rand="0123456789abcdef0123456789abcdef",
        sqn="0123456789ab",
        amf="abcd",
        top="808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        iterations=1,
        topc="305425427e18c503c8a4b294ea72c95d0c36c6c6b29d0c65de5974d5977f8524",
        f1="d97b75a1776065271b1e212bc3b1bf173f438b21e6c64a55a96c372e085e5cc5",
        f1_star="427bbf07c6e3a86c54f8c5216499f3909a6fd4a164c9fe235b1550258111b821",
        f2="07021c73e7635c7d",
        f3="4d59ac796834eb85d11fa148a5058c3c",
        f4="126d47500136fdc5ddfd14f19ebf16749ce4b6435323fbb5715a3a796a6082bd",
        f5="1d6622c4e59a",
        f5_star="f84eb338848c",
    ),
    Known(
        k="b8da837a50652d6ac7c97da14f6acc61",
        rand="6887e55425a966bd86c9661a5fa72be8",
        sqn="0dea2ee2c5af",
        amf="df1e",
        top="0952be13556c32ebc58195d9dd930493e12a9003669988ffde5fa1f0fe35cc01",
        iterations=1,
        topc="2bc16eb657a68e1f446f08f57c0efb1d493527a2e652ce281eb6ca0e4487760a",
        f1="749214087958dd8f58bfcdf869d8ae3f",
        f1_star="619e865afe80e382aee13063f9dfb56d",
        f2="4041ce438e3e38e8aa96562eed83ac43",
        f3="3e3bc01bea0cd914c4c2c83ce2d92757",
        f4="666a8e6f577b1aa77b7fd53cebb8a3d6",
        f5="1f880d005119",
        f5_star="45e617d77fe5",
    ),
    Known(
        k="1574ca56881d05c189c82880f789c9cd4244955f4426aa2b69c29f15770e5aa5",
        rand="c570aac68cde651fb1e3088322498bef",
        sqn="c89bb71f3a41",
        amf="297d",
        top="e59f6eb10ea406813f4991b0b9e02f181edf4c7e17b480f66d34da35ee88c95e",
        iterations=1,
        topc="3c6052e41532a28a47aa3cbb89f223e8f3aaa976aecd48bc3e7d6165a55eff62",
        f1="d7340dad02b4cb01",
        f1_star="c6021e2e66accb15",
        f2="84d89b41db1867ffd4c7ba1d82163f4d526a20fbae5418fbb526940b1eeb905c",
        f3="d419676afe5ab58c1d8bee0d43523a4d2f52ef0b31a4676a0c334427a988fe65",
        f4="205533e505661b61d05cc0eac87818f4",
        f5="d7b3d2d4980a",
        f5_star="ca9655264986",
    ),
    Known(
        k="1574ca56881d05c189c82880f789c9cd4244955f4426aa2b69c29f15770e5aa5",
        rand="c570aac68cde651fb1e3088322498bef",
        sqn="c89bb71f3a41",
        amf="297d",
        top="e59f6eb10ea406813f4991b0b9e02f181edf4c7e17b480f66d34da35ee88c95e",
        iterations=2,
        topc="b04a66f26c62fcd6c82de22a179ab65506ecf47f56245cd149966cfa9cec7a51",
        f1="90d2289ed1ca1c3dbc2247bb480d431ac71d2e4a7677f6e997cfddb0cbad88b7",
        f1_star="427355dbac30e825063aba61b556e87583abac638e3ab01c4c884ad9d458dc2f",
        f2="d67e6e64590d22eecba7324afa4af4460c93f01b24506d6e12047d789a94c867",
        f3="ede57edfc57cdffe1aae75066a1b7479bbc3837438e88d37a801cccc9f972b89",
        f4="48ed9299126e5057402fe01f9201cf25249f9c5c0ed2afcf084755daff1d3999",
        f5="6aae8d18c448",
        f5_star="8c5f33b61f4e",
    ),
)
