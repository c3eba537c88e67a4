"""`val ue profile` against a server that runs, as a user calls it."""

import json
from pathlib import Path

from tests.harness.commands.documented import config, phone, put, token
from tests.harness.commands.serving_alone import program
from tests.harness.commands.test_ue_keys import val
from valkit.documents import (
    GroupMembership,
    UeConfiguration,
    UserProfile,
    profile_selector,
    ue_configuration_selector,
)
from valkit.documents import profile as documents
from valkit.documents.ue_configuration import MEDIA_TYPE

PROFILE = UserProfile(1, "day", groups=(GroupMembership("sip:border@partner.example"),))


def test_a_profile_is_shown_with_the_domains_of_its_groups(tmp_path: Path) -> None:
    """For people and for programs; another's token shows nothing of it."""
    with program("cms", config(tmp_path, "cms")) as at:
        put(tmp_path / "cms.token", at["admin"], profile_selector("ptt", "alice"), bytes(PROFILE), documents.MEDIA_TYPE)
        configuration = bytes(UeConfiguration("home.example", name="all"))
        put(tmp_path / "cms.token", at["admin"], ue_configuration_selector("ptt"), configuration, MEDIA_TYPE)
        told = ["ue", "profile", "--config", phone(tmp_path, configuration=at["cms"]), "--token"]
        shown = val(*told, token(tmp_path, "alice", "ptt", "video"))
        assert (shown.returncode, shown.stderr) == (0, "")
        assert shown.stdout == (
            "ptt\n  profile 1 day\n    group sip:border@partner.example of partner.example\n"
            "  UE configuration all of home.example\nvideo\n  no profile\n"
        )
        found = json.loads(val(*told, token(tmp_path, "alice"), "--json").stdout)
        assert found["ptt"]["profile"]["groups"] == [
            {"group_id": "sip:border@partner.example", "domain": "partner.example"}
        ]
        assert val(*told, token(tmp_path, "bob")).stdout.startswith("ptt\n  no profile")
        refused = val(*told, token(tmp_path, "alice", scope="openid"))
        assert (refused.returncode, "The server refuses: 403" in refused.stderr) == (1, True)
    gone = val(*told, token(tmp_path, "alice"))
    assert (gone.returncode, "Traceback" in gone.stderr) == (3, False)
