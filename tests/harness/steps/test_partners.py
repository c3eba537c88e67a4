import pytest

from harness.errors import Unmet
from harness.stage import Stage
from harness.steps.idms import AtIdms
from harness.steps.obtaining import Asked
from harness.steps.partners import (
    Carry,
    Exchange,
    MintSecurityToken,
    Present,
    SetPartner,
    carry_token,
    exchange_token,
    mint_security,
    present_token,
    set_partner,
    take_keys,
    visit,
    visit_partners,
)
from harness.steps.sign_in import SignIn, sign_in
from tests.harness.lab.test_agreements import two_domains
from tests.harness.lab.test_identity import home
from valkit.documents import GroupMembership, UserProfile


async def signed_in(stage: Stage) -> None:
    """Sign alice in at home."""
    await sign_in(stage, SignIn.model_validate({"ue": "alice", "as": "at home"}))


async def test_a_token_is_exchanged_and_what_came_is_brought_to_the_partner() -> None:
    """Each has the name that was told, and the phone at the partner has the last one at hand."""
    async with two_domains() as lab:
        stage = Stage(lab)
        await signed_in(stage)
        await exchange_token(stage, Exchange.model_validate({"ue": "alice", "as": "security"}))
        assert stage.tokens["security"].claims["aud"] == ["alice-phone", lab.domains["partner"].idms.place.issuer]
        assert lab.ues["alice"].wallet.choose(True) == stage.granted["at home"].access_token
        told = {"ue": "partner.alice", "token": "security", "as": "abroad"}
        await present_token(stage, Present.model_validate(told))
        assert stage.tokens["abroad"].claims["val_user_id"] == "visitor-7"
        assert lab.ues["partner.alice"].wallet.choose(True) == stage.granted["abroad"].access_token
        await present_token(stage, Present.model_validate(told | {"refused": "invalid_grant"}))
        with pytest.raises(Unmet, match="used before"):
            await present_token(stage, Present.model_validate(told))


async def test_a_visit_is_both_in_one() -> None:
    """Refused by whichever server refuses."""
    async with two_domains() as lab:
        stage = Stage(lab)
        with pytest.raises(Unmet, match="alice has none"):
            await visit(stage, Asked.model_validate("partner.alice"))
        await signed_in(stage)
        await visit(stage, Asked.model_validate({"ue": "partner.alice", "as": "abroad"}))
        assert stage.tokens["abroad"].claims["val_user_id"] == "visitor-7"
        await set_partner(stage, SetPartner(at="partner.idms", entry={"guests": {}}))
        await visit(stage, Asked.model_validate({"ue": "partner.alice", "refused": "invalid_grant"}))
        await set_partner(stage, SetPartner(entry={"users": ["bob"]}))
        await visit(stage, Asked.model_validate({"ue": "partner.alice", "refused": "invalid_target"}))


async def test_a_minted_security_token_is_as_told() -> None:
    """Signed by the home domain or by a stranger."""
    async with two_domains() as lab:
        stage = Stage(lab)
        told = {"ue": "alice", "as": "one", "claims": {"sub": "bob", "jti": None}, "ago": "1m", "lifetime": "2m"}
        await mint_security(stage, MintSecurityToken.model_validate(told))
        claims = stage.tokens["one"].claims
        assert (claims["sub"], claims["exp"] - claims["iat"], "jti" in claims) == ("bob", 120, False)
        assert lab.clock.seconds() - claims["iat"] >= 60
        await mint_security(stage, MintSecurityToken.model_validate({"ue": "alice", "as": "two", "key": "stranger"}))
        told = {"ue": "partner.alice", "token": "two", "refused": "invalid_grant"}
        await present_token(stage, Present.model_validate(told))


async def test_keys_are_taken_out_of_band() -> None:
    """The new one in the place of those before."""
    async with two_domains() as lab:
        stage = Stage(lab)
        await signed_in(stage)
        await lab.idms.rotate_keys()
        await visit(stage, Asked.model_validate({"ue": "partner.alice", "refused": "invalid_grant"}))
        await take_keys(stage, AtIdms(at="partner.idms"))
        await visit(stage, Asked.model_validate("partner.alice"))


async def test_a_token_is_carried_to_another_phone() -> None:
    """An access token or a security token; one that there is not is told."""
    async with two_domains() as lab:
        stage = Stage(lab)
        await signed_in(stage)
        await carry_token(stage, Carry(ue="partner.alice", token="at home"))
        assert lab.ues["partner.alice"].wallet.choose("at home") == stage.granted["at home"].access_token
        with pytest.raises(Unmet, match="a security token nothing"):
            await carry_token(stage, Carry(ue="partner.alice", token="nothing"))


async def test_in_a_lab_of_one_domain_nobody_goes_anywhere() -> None:
    """Which is the scenario's mistake, and told."""
    async with home() as lab:
        stage = Stage(lab)
        await signed_in(stage)
        with pytest.raises(Unmet, match="the lab has only one domain"):
            await exchange_token(stage, Exchange.model_validate("alice"))


async def test_the_profile_says_where_to_go() -> None:
    """To each partner domain with a group of the user's; a profile or a domain that is not there is told."""
    async with two_domains() as lab:
        stage = Stage(lab)
        await signed_in(stage)
        told = Asked.model_validate({"ue": "alice", "as": "abroad"})
        with pytest.raises(Unmet, match="alice has none"):
            await visit_partners(stage, told)
        stage.profiles["alice"] = UserProfile(groups=(GroupMembership("sip:fire@home.example"),))
        await visit_partners(stage, told)
        assert "abroad" not in stage.tokens
        stage.profiles["alice"] = UserProfile(groups=(GroupMembership("sip:border@partner.example"),))
        await visit_partners(stage, told)
        assert stage.tokens["abroad"].claims["val_user_id"] == "visitor-7"
        stage.profiles["alice"] = UserProfile(groups=(GroupMembership("sip:sea@third.example"),))
        with pytest.raises(Unmet, match=r"a way to third\.example"):
            await visit_partners(stage, told)
