"""Names that are known of what a message may have: claims, parameters, members, media types, namespaces, paths."""

from harness.explaining import MEANINGS, TIMES
from harness.seen import disclosure
from harness.seen.claims import USERS
from valkit.carriers.infos import InfoDocument
from valkit.carriers.known import CARRIERS

_CLAIMS = "act amr at_hash auth_time azp c_hash cnf email may_act name nonce sid"
_PARAMETERS = """
    adaptive-min-rate alg algorithm auts branch call-id cause ccf ccf-2 cgi-3gpp charset cic cnonce comp d-alg d-qop
    d-ver domain duration ealg early-only ecf ecf-2 expires fe-addr from-tag gr gstn-location handling icid-generated-at
    icid-value id index info integrity-protected isub keep level local-time-zone logme lr maddr method min-rate min-se
    mod mp naming nc network-provided network-user-id nextnonce nonce np ob oc oc-algo oc-seq oc-validity opaque
    orig-cdiv orig-ioi port-c port-s ppt prot pub-gruu purpose q qop rc realm reason received received-realm refresher
    reg-id regstate related-icid remote response retry-after rn rport rspauth sescase shared sigcomp-id spi-c spi-s
    stale tag temp-gruu temp-gruu-cookie term-ioi text to-tag transit-ioi transport ttl uri user username
    utran-cell-id-3gpp
"""
_MEDIA_TYPES = """
    application/3gpp-ims+xml application/pidf+xml application/poc-settings+xml application/reginfo+xml
    application/resource-lists+xml application/sdp application/vnd.val.migration+xml application/xcap-diff+xml
    message/sip message/sipfrag text/plain
"""
_NAMESPACES = """
    urn:ietf:params:xml:ns:pidf urn:ietf:params:xml:ns:reginfo urn:ietf:params:xml:ns:resource-lists
    urn:oma:xml:poc:poc-settings
"""
_PATHS = "/authorize /introspect /jwks /login /logout /revoke /token /userinfo"
_documents = [carrier for carrier in CARRIERS.values() if isinstance(carrier, InfoDocument)]

CLAIMS = frozenset({*MEANINGS, *TIMES, *USERS, *_CLAIMS.split()})
"""Claims that we read, and what OpenID Connect and RFC 8693 have beside them."""
PARAMETERS = frozenset(_PARAMETERS.split())
"""Parameters of header fields: of IANA's table those that IMS has use for."""
OWN = ("+", "x-")
"""How a parameter may begin that is somebody's own: a feature tag, or an extension."""
FIELDS = disclosure.PLAIN | disclosure.TOKENS | disclosure.SECRETS | {"form", "keys"}
"""Members of HTTP messages by the names that standards and our servers have for them."""
MEDIA_TYPES = frozenset({*_MEDIA_TYPES.split(), *(each.media_type for each in _documents)})
"""Media types of parts."""
NAMESPACES = frozenset({*_NAMESPACES.split(), *(each.namespace for each in _documents)})
"""Namespaces of the documents in them."""
PATHS = frozenset(_PATHS.split())
"""Paths of identity servers; those of other servers name users and groups."""
