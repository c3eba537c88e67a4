"""The phones of a scenario, as the lab is given them: by their users, with the keys of [authentication]. Pure."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain, count

from attrs import define, field

from harness.seen.cast import PARTNER, TITLES
from harness.sipp.script import Script
from harness.sipp.templates import Template, domain_of, keywords_in, user_of

DOMAIN = "home.example"
TEST_SET = {"k": "465b5ce8b199b49faa5f0a2ee238a6bc", "opc": "cd63cb71954a9f4e48a5994e37a02baf"}
"""Where a file has no keys: test set 1 of TS 35.208."""
KEYS = ("k", "op", "opc", "algorithm", "sip_password", "amf")
"""What a phone of a lab has of keys."""
RESERVED = frozenset({*TITLES, PARTNER})
"""Names by which a lab knows somebody else than a phone."""
AMF = "8000"
"""What the lab's HSS takes for AMF if it is not told otherwise."""

_of_16_octets = re.compile("[0-9a-f]{32}").fullmatch
_of_2_octets = re.compile("[0-9a-f]{4}").fullmatch
_test_set = "; test set 1 of TS 35.208 stands in their place"


@define
class Phones:
    """All phones of one script."""

    script: Script
    names: dict[str, str] = field(factory=dict)
    """By their users."""
    _keys: dict[str, dict[str, object]] = field(init=False, factory=dict)
    """Those that the file has had for each."""
    _words: set[str] = field(init=False, factory=set)
    """Keywords of which it is told that they are not known."""
    _taken: set[str] = field(init=False, factory=set)
    _impis: dict[str, str] = field(init=False, factory=dict)
    """The phones by their private identities."""

    def sender(self, line: int, template: Template) -> str:
        """Give the phone that sends a request."""
        name = self.of(template.user or "sipp")
        if template.domain not in {"", DOMAIN}:
            self.script.lose_once(line, f"the domain {template.domain} becomes {DOMAIN}, the lab's")
        if template.authentication is not None:
            self._authenticate(line, name, template.authentication)
        for word, place in template.keywords():
            if word not in self._words:
                self._words.add(word)
                self.script.lose(line, f"[{word}] in {place}: {_elsewhere(word)}")
        return name

    def of(self, user: str) -> str:
        """Give the phone of a user; the lab gets one that was not there."""
        if user not in self.names:
            name = self.names[user] = self._named(user)
            impi = f"{user}@{DOMAIN}"
            self._taken.add(name)
            self._impis.setdefault(impi, name)
            self.script.phones[name] = {"impi": impi, "impus": [f"sip:{impi}"], **TEST_SET}
        return self.names[user]

    def receiver(self, line: int, template: Template) -> str:
        """Give whom a request is for: the phone of a user of this domain, or a URI."""
        address = template.uri if user_of(template.uri) else template.get("To") or template.uri
        if template.uri.startswith("tel:"):
            return template.uri
        domain = domain_of(address)
        user = user_of(address) or "receiver"
        if domain not in {"", DOMAIN, template.domain}:
            return f"sip:{user}@{domain}"
        if not user_of(address):
            self.script.lose_once(line, f"{template.uri} names nobody: `receiver` stands for whom it is for")
        return f"sip:{user}@{DOMAIN}"

    def _authenticate(self, line: int, name: str, told: Mapping[str, str]) -> None:
        """Take over identity and keys."""
        plan = self.script.phones[name]
        impi = f"{told.get('username', '').partition('@')[0]}@{DOMAIN}"
        if re.fullmatch(r"[A-Za-z0-9._-]+@.*", impi) and self._impis.setdefault(impi, name) == name:
            plan["impi"] = impi
        keys, why = keys_of(told)
        if why:
            self.script.lose_once(line, why)
        if not keys:
            return
        if self._keys.setdefault(name, keys) != keys:
            self.script.lose_once(line, f"{name} has other keys here than before, and in the lab always the last ones")
        for key in KEYS:
            plan.pop(key, None)
        plan.update(keys if "op" not in keys else {**keys, "opc": None})

    def _named(self, user: str) -> str:
        """Give a name for the phone of a user: one that no other has, and that means nobody else in a lab."""
        name = re.sub(r"[^a-z0-9_]", "_", user.lower())
        name = name if name[0].isalpha() and name not in RESERVED else f"ue_{name}"
        names = chain([name], (f"{name}_{number}" for number in count(2)))
        return next(each for each in names if each not in self._taken)


def keys_of(told: Mapping[str, str]) -> tuple[dict[str, object], str]:
    """Give the keys that [authentication] is told, as a lab has them, and what of them cannot be taken over.

    Without aka_K the password is K (SIPp's sipauth).
    """
    if any("[" in value for name, value in told.items() if name != "username"):
        return {}, ""  # which is told of the keyword
    names = {"aka_K": "k", "aka_OP": "op", "aka_OPc": "opc"}
    if "aka_OP" in told and "aka_K" not in told and "password" in told:
        told = {**told, "aka_K": told["password"]}
    keys: dict[str, object] = {ours: _plain(told[theirs]) for theirs, ours in names.items() if theirs in told}
    if keys:
        if "k" not in keys or len(keys) < 2 or not all(_of_16_octets(str(key)) for key in keys.values()):
            return {}, f"[authentication] has no K and OP of 32 hexadecimal digits{_test_set}"
        amf = _plain(told.get("aka_AMF", AMF))
        if not _of_2_octets(amf):
            return keys, f"aka_AMF={amf!r} is no AMF of 4 hexadecimal digits: the lab's is {AMF}"
        return (keys if amf == AMF else {**keys, "amf": amf}), ""
    password = told.get("password", "")
    if password:
        return {"algorithm": "digest", "sip_password": password}, ""
    return {}, f"[authentication] has no keys, which SIPp is told by -au and -ap{_test_set}"


def _plain(key: str) -> str:
    return key.removeprefix("0x").lower()


def _elsewhere(word: str) -> str:
    """Say where SIPp has what a keyword stands for."""
    if word.startswith("field"):
        return "columns of a CSV file are not known here: what is made up stands for it; put yours in"
    if word.startswith("$"):
        return "a variable of SIPp's is not known here; put yours in"
    if word == "service":
        return "what SIPp is told by -s; `service` here, as without it"
    if word == "file":
        return "a file that SIPp reads; put it in"
    return "what SIPp is told by -key or reads elsewhere; put yours in"


def told_elsewhere(text: str) -> Iterator[str]:
    """Say of each keyword in a text that is taken over what it is."""
    for word in keywords_in(text):
        yield f"[{word}]: {_elsewhere(word)}"
