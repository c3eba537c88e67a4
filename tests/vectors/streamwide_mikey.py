"""MIKEY-SAKKE I_MESSAGEs that are not ours, with the keys of `streamwide_kms`.

From the published test vectors (v5) of the MIKEY-SAKKE library of Streamwide, section MIKEYSAKKE-PAYLOAD.
"""

from base64 import b64decode
from typing import NamedTuple

from tests.vectors.streamwide_kms import ALICE, BOB, GMS, Given


class Sent(NamedTuple):
    """A message, between whom, and the secret in it."""

    initiator: Given
    responder: Given
    csb_id: int
    rand: str
    secret: str
    message: bytes


CSK = Sent(
    ALICE,
    GMS,
    0x2DDD5BF0,
    "4d13c41798b82de13b701a9697328edd",
    "e06e65106183547342d3e8a6ce2540a8",
    b64decode(
        "ARoFAS3dW/ABAgYAAQAAAAQt3VvwCwDsiY2oAAAAAA4QTRPEF5i4LeE7cBqWlzKO3Q4IAQAgtcRSMJIZ2mo9gFYVVI1sGw9N5FprSPsT2aJNhX/A"
        "PcQOCQEAIBWk1bEoVlONAtkf7bt2bm3Td7AUyS4hZmbI+2eGCNIODgYBABhrbXMubXlkZXYuc3RyZWFtd2lkZS5jb20KBwEAGGttcy5teWRldi5z"
        "dHJlYW13aWRlLmNvbRoAAAAbAAEGAQEQAgEEBAEMBQEABgEAEgEEEwEAFAEQFQECAREEfQkdJ4BYO/O2WHY5cZ8HZMAMm5n9MLxgvJCOAv+759hN"
        "MLBMPPvnEjivXxmb661AVDQ1haLXdN52IbHmBgLJTYeyPQX8CVon6WVshkoTQCMWMRND0jdyGFRlw24VGkYfL2Z+JBvta/dAy4+GZYxTsqXzF7KO"
        "qH4f2P/aY5eVHAEvwF2zwUXUB0nOIs8Jtq/7dT+hwB5/mvoQiK+uiFkdwEvltVw6ZCzpWiqO+ly/ulyhYXubtqqFOvKMWLe/dqdaEsOMmsP4ZFTs"
        "YYOCU5B9IbrQ02IZDNJlNasQNe/m5MrC5+WcZkTw54G/ViwtQlxhuoi/E8J6XL0bY4n44uXDvmRNXMkLCsMC1y/iJVKWo9EEBwBEQwAAAAABAAAA"
        "AAABb37iYqxNp/XQanLehoFqvi3dW/AAACG8cPNwhkxPqPeos5kqzBfSM1U4vqkNYBaZK2uYKuhgCPAggdf8YqSPHsId0HAlWI2c3FevHT8Yd84X"
        "lCTMbp/Y8UE/qNnqyYDSyrpmrkj9okfl3jPsNoqzh8uddNZSTDzr5UAEJs2LCjOvmzge5T68aEGu1cHJj7DSvrnH/5jXx5gI0fVmZZ9rc1AWGS3Z"
        "mE31blTz+Vx2rEY4wfPTIo88dSyMyA=="
    ),
)
PCK = Sent(
    ALICE,
    BOB,
    0x16992638,
    "02a28bddaf984c5e0563bc1ce857df83",
    "b4c96b703acd5c1bf7d4cc45068d9965",
    b64decode(
        "ARoFARaZJjgAAQsA7ImNqAAAAAAOEAKii92vmExeBWO8HOhX34MOCAEAILXEUjCSGdpqPYBWFVSNbBsPTeRaa0j7E9miTYV/wD3EDgkBACB4CFHN"
        "qRqcM/lBzTooMWl+KJMmR1TjY/igzvgn6yAagQ4GAQAYa21zLm15ZGV2LnN0cmVhbXdpZGUuY29tCgcBABhrbXMubXlkZXYuc3RyZWFtd2lkZS5j"
        "b20aAAAAGwABBgEBEAIBBAQBDAUBAAYBABIBBBMBABQBEBUBAgERBF0yVtvyB49KhE+ao3Hj8W+gNROh57Tk5/9BWa2jNv1YLxYpBxV7206wlv/W"
        "HWlzz+NgptVcWgECwaekKAGURuP4TA+dRQpkGvqW8wImX2EF8Zjy+a1pOZMZ3YFAYRiYEAAGmOByWKdDDOT0TfgL2pPFXS1CvZ/bZtQL03Q8fL/J"
        "InBbnv4dSYiJ9/fkeeqg37yIRsjA3Xfds7k/2o4f0s4NisOs74F2xjE12l3/764H+g1y2rAMAWkjaJbS9jbVfZNGDauoRhq8zuXEXH1c5ftqs4VE"
        "PeOPmWjAkW1rQe8KxkZbmtrygtNpBIXVeZZEyorzD+MyQ2zL9xoGVs8cToze4NOxYt19SOInSpGO5Q0vBAcAREMAAAAAAQAAAAAAAfb0FW9YVClh"
        "y8qPsQ5m8WcWmSY4AAAhpTVAAi78zLNoUFiVPGjByx4N9U9gccPiQl1eiCiFLm8BIIFAPW9oE9lYM5oS5nQS9bWbJzGv+vWNAh2uUWmyG/OTGMeF"
        "zAD0JFMB6zcf7ck7GFns2OEPIGGx+7046le+CihyBCbNiwozr5s4HuU+vGhBrtXByY+w0r65x/+Y18eYCNH1ZmWfa3NQFhkt2ZhN9W5U8/lcdqxG"
        "OMHz0yKPPHUsjMg="
    ),
)
