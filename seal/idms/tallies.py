"""Which notes of an identity server are counted for its metrics, and by what."""

from seal.idms.proving.methods import ONE_TIME_CODE, PASSWORD
from valkit.tallies import Tally

ACRS = (PASSWORD, ONE_TIME_CODE)

TALLIES = (
    Tally("val_log_ins", "Log-ins, by method", ["logged in"], {"acr": ACRS}),
    Tally("val_log_ins_refused", "Log-ins refused, by method", ["log-in refused"], {"method": ACRS}),
    Tally("val_lock_outs", "Names locked after failures in a row", ["log-in locked"], {"method": ACRS}),
    Tally(
        "val_tokens_issued",
        "Access tokens issued, by grant",
        ["tokens issued"],
        {
            "grant": ["authorization_code", "refresh_token", "jwt-bearer"],
        },
    ),
    Tally(
        "val_token_events",
        "What else became of grants",
        [
            "code issued",
            "code reused",
            "refresh token reused",
            "revoked",
            "security token issued",
            "security token accepted",
            "security token refused",
            "signed out",
        ],
    ),
)
