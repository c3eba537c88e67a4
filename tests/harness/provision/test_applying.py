from pathlib import Path

import pytest

from harness.provision.applying import Outcome, Stopped, applied
from harness.provision.consistency import read_provisioning
from tests.conftest import reactor
from tests.harness.provision.files import written
from tests.seal.management.parts import serve


async def test_documents_are_put_and_left_alone_the_second_time(tmp_path: Path) -> None:
    """One server after the other."""
    cms = await serve("cms", tmp_path)
    (tmp_path / "operator.token").rename(tmp_path / "cms.token")
    plan = read_provisioning(written(tmp_path, cms=str(cms.running.addresses["admin"])).read_text(), "seal.yaml")
    plan = plan.model_copy(update={"idms": None, "gms": None})
    for done in ("created", "unchanged"):
        outcomes = [outcome async for outcome in applied(plan, reactor)]
        assert outcomes[0] == Outcome("cms", "ptt/global/ue-configuration", done)
        assert {outcome.done for outcome in outcomes} == {done}
        assert len(outcomes) == 4
    await cms.close()


async def test_a_server_that_is_not_reached_stops_it(tmp_path: Path) -> None:
    """And it is said where."""
    plan = read_provisioning(written(tmp_path).read_text(), "seal.yaml")
    (tmp_path / "idms.token").write_text("t\n")
    with pytest.raises(Stopped, match="user alice at idms: nobody answers") as raised:
        _ = [outcome async for outcome in applied(plan, reactor)]
    assert (raised.value.server, raised.value.reached) == ("idms", False)
