"""Pages: markup escaped, no script, a policy that nobody can write into."""

import pytest

from seal.idms.rendering import STYLE, headers, page

EVIL = "'\"><img src=x onerror=alert(1)>"


def test_values_are_text() -> None:
    """Whatever they hold, and wherever they stand."""
    shown = page("error", heading=EVIL, sentence=EVIL, advice=EVIL)
    assert "<img" not in shown
    form = page("login", application=EVIL, fault=EVIL, invalid=True, request=EVIL, csrf=EVIL, username=EVIL, fields=())
    assert "<img" not in form
    assert b"url(" not in STYLE


@pytest.mark.parametrize(
    ("uri", "leads"),
    [
        (None, "'self'"),
        ("https://rp.example/cb?x=1", "'self' https://rp.example"),
        ("http://[::1]:5/cb", "'self' http://[::1]:5"),
        ("com.example.app:/cb", "'self' com.example.app:"),
        ("https://a;b/", "'self'"),
        ("https://a b/", "'self'"),
    ],
)
def test_a_form_leads_to_us_and_the_application(uri: str | None, leads: str) -> None:
    """And no address can add to the policy."""
    assert f"form-action {leads};" in headers(uri)["Content-Security-Policy"]
