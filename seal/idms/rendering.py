"""The pages that people see, from the templates in `pages`, and the headers that go with every one of them.

No script at all, nothing from elsewhere, in no frame (RFC 9700 4.16). After the log-in the browser follows a redirect
to the application, which Chromium counts as part of the form: `form-action` names where that may go.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

STYLE = (files("seal.idms") / "pages" / "style.css").read_bytes()
_templates = Environment(
    loader=PackageLoader("seal.idms", "pages"), autoescape=True, undefined=StrictUndefined, auto_reload=False
)
_SAFE = re.compile(r"[A-Za-z0-9.+:\[\]/-]+", re.ASCII)


def page(name: str, **values: object) -> str:
    """Fill in a template."""
    return _templates.get_template(f"{name}.html").render(values)


def headers(redirect_uri: str | None = None) -> Mapping[str, str]:
    """Give the headers of a page; `redirect_uri` is where its form may lead in the end."""
    leads = " ".join(["'self'", *_source(redirect_uri)])
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'self'; img-src data:; form-action {leads}; "
            "frame-ancestors 'none'; base-uri 'none'"
        ),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _source(uri: str | None) -> list[str]:
    """Write an address as a source of a content security policy; nothing if it cannot safely be written."""
    parts = urlsplit(uri or "")
    source = f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
    return [source] if parts.scheme and _SAFE.fullmatch(source) else []
