"""A log-in without a browser: the form of figure 5.X.2.3.2-1 is got, filled in and sent back, and the redirect caught.

It goes where the authorization endpoint's own origin leads and nowhere else; the redirect with the code is read, and
never requested.
"""

from ue_sim.identity.errors import Doubtful, NotSignedIn, Unreachable, Unusable
from ue_sim.identity.form import Answers, LogInForm, joined, log_in_form, same_origin, words
from ue_sim.identity.redirect import leads_home
from valkit.net.https import HttpsAnswer, HttpsClient, HttpsError

REDIRECTS = frozenset({301, 302, 303, 307, 308})
FORMS = frozenset({200, 400, 401, 403, 429, 503})
"""Statuses with which a form may come: the first time, and after a log-in that was not accepted."""
STEPS = 10
"""Pages and redirects on the way at most."""


async def log_in(browser: HttpsClient, url: str, redirect_uri: str, answers: Answers) -> str:
    """Go to an authorization request's address and give the redirect that it ends with.

    `browser` keeps cookies, so a second log-in with it may be let through. Raises an IdentityError.
    """
    given: set[str] = set()
    here, page = url, await _got(browser, url)
    for _ in range(STEPS):
        if page.status in REDIRECTS:
            here = joined(here, page.header("Location") or "")
            if leads_home(here, redirect_uri):
                return here
            page = await _got(browser, _own(here, url))
            continue
        if page.status not in FORMS or page.media_type != "text/html":
            raise _without_form(page)
        form = _form(page, here)
        if form.fields.keys() <= given:
            raise NotSignedIn("the identity server did not accept the log-in")
        given |= form.fields.keys()
        here = _own(form.action, url)
        page = await _posted(browser, here, form.filled(answers))
    raise Unusable("the identity server leads round and round")


def _form(page: HttpsAnswer, here: str) -> LogInForm:
    try:
        return log_in_form(page.body, here)
    except Unusable:
        if page.status == 200:
            raise
    raise _without_form(page)


def _without_form(page: HttpsAnswer) -> Unusable:
    """Say what came in its place, in the page's own words where it has some for people."""
    said = words(page.body) if page.media_type == "text/html" else ""
    more = f': "{said}"' if said else ""
    return Unusable(f"the identity server answers {page.status} where its form should be{more}")


def _own(target: str, start: str) -> str:
    if not same_origin(target, start):
        raise Doubtful("the identity server's page leads to another server")
    return target


async def _got(browser: HttpsClient, url: str) -> HttpsAnswer:
    try:
        return await browser.get(url, {"Accept": "text/html"})
    except HttpsError as error:
        raise Unreachable(str(error)) from None


async def _posted(browser: HttpsClient, url: str, form: dict[str, str]) -> HttpsAnswer:
    try:
        return await browser.post(url, form, {"Accept": "text/html"})
    except HttpsError as error:
        raise Unreachable(str(error)) from None
