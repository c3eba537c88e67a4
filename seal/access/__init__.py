"""Who asks a SEAL server over HTTP, and whether that is proved (TS 24.547 annex A.2.3): S-KMS, CMS and GMS alike.

`credentials` reads what a request brings, `guard` judges it, an `Asker` comes of it. What an asker may do is the
server's own business; how a refusal is answered is `refusal`'s.
"""

from seal.access.asker import Asker
from seal.access.errors import AccessRefused, Cause
from seal.access.guard import Guard
from seal.access.refusal import answer_refusal
from seal.access.settings import AccessSettings

__all__ = ["AccessRefused", "AccessSettings", "Asker", "Cause", "Guard", "answer_refusal"]
