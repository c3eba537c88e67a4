"""Provisioning of a whole lab; scenarios/provisioning has what it is for."""

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.errors import Unmet
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab
from harness.stage import Stage
from harness.steps.provision import Provision, provision

HASH = "$argon2id$v=19$m=65536,t=3,p=4$SglLg4H0sDMNC3aN8HhbdQ$7jSNcILGmAmfUQ0mOycn+9YYVjL2bxI4lNMrbhu8E5k"
TOLD = {
    "services": {"dispatch": {}},
    "users": {"alice": {"password_hash": HASH, "services": ["dispatch"], "profiles": {"dispatch": {}}}},
    "groups": {},
}


async def test_what_is_done_is_held_against_what_is_said() -> None:
    """How much of it, and whether it stops."""
    lab = await Lab.start(read_lab(SHIPPED / "seal.yaml")[0], the_reactor)
    try:
        stage = Stage(lab)
        await provision(stage, Provision.model_validate({**TOLD, "done": {"created": 1, "unchanged": 1}}))
        with pytest.raises(Unmet, match="things done"):
            await provision(stage, Provision.model_validate({**TOLD, "done": {"created": 2}}))
        with pytest.raises(Unmet, match="a stop at cms"):
            await provision(stage, Provision.model_validate({**TOLD, "stopped": "cms"}))
        await lab.home.cms.stop()
        await provision(stage, Provision.model_validate({**TOLD, "stopped": "cms"}))
        with pytest.raises(Unmet, match="all of it provisioned"):
            await provision(stage, Provision.model_validate(TOLD))
    finally:
        await lab.stop()
