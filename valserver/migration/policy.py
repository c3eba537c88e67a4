"""What the operator has agreed with partner domains: who may go there, and who of theirs is who here. Pure."""

from collections.abc import Mapping

from attrs import field, frozen


@frozen
class Partner:
    """What is agreed with one domain, both ways."""

    leave: frozenset[str] = frozenset()
    """Our users that may go there; `*`: all."""
    registered: bool = False
    """Whether only those may who are bound here."""
    kept_at_home: bool = False
    """Whether they are still served here while they are there."""
    guests: Mapping[str, str] = {}
    """Who of theirs is who here: our VAL user ID, and theirs."""
    pattern: tuple[str, str] | None = None
    """Or what stands before and behind theirs in ours; not for those that `guests` names."""
    _named: frozenset[str] = field(init=False, repr=False, eq=False)

    @_named.default
    def _named_by_guests(self) -> frozenset[str]:
        return frozenset(self.guests.values())

    def home_user(self, val_user_id: str) -> str | None:
        """Give the VAL user ID that a guest has at home; None for who is no guest of that domain.

        One of ours for each of theirs, so that whose service a migration begins and ends is never in doubt.
        """
        known = self.guests.get(val_user_id)
        if known is not None or self.pattern is None:
            return known
        before, behind = self.pattern
        inner = len(val_user_id) - len(before) - len(behind)
        if inner <= 0 or not (val_user_id.startswith(before) and val_user_id.endswith(behind)):
            return None
        theirs = val_user_id[len(before) : len(before) + inner]
        return None if theirs in self._named else theirs


@frozen
class Policy:
    """What the operator says."""

    domain: str
    """Our own."""
    partners: Mapping[str, Partner]

    def guest(self, val_user_id: str) -> tuple[str, str] | None:
        """Say of which domain a VAL user of ours is a guest, and who there; None for our own."""
        for domain, partner in self.partners.items():
            home_user = partner.home_user(val_user_id)
            if home_user is not None:
                return domain, home_user
        return None

    def lets_go(self, home_user: str, domain: str) -> bool:
        """Whether this user of ours may go to that domain."""
        partner = self.partners.get(domain)
        return partner is not None and not partner.leave.isdisjoint({"*", home_user})
