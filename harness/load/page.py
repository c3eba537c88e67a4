"""A load as one page that needs nothing else: no network and no script. It looks like the report of a run."""

from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from harness.load import plot
from harness.load.result import PERCENTILES, Result
from harness.load.shown import ues, written
from harness.report.page import STYLE as REPORTS

STYLE = REPORTS + (files("harness.load") / "pages" / "load.css").read_text("utf-8")
_templates = Environment(
    loader=PackageLoader("harness.load", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["written"] = written


def page(result: Result) -> str:
    """Give the whole page."""
    causes = [(count, name, cause) for name, step in result.steps for cause, count in step.causes.items()]
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    return _templates.get_template("load.html").render(
        result=result,
        ues=ues(result.asked),
        plots=plot.plots(result),
        frame=plot,
        percentiles=PERCENTILES,
        causes=sorted(causes, reverse=True),
        began=f"{datetime.fromtimestamp(result.began, UTC):%Y-%m-%d %H:%M} UTC",
        style=Markup(STYLE),  # noqa: S704  our own files
        digest=f"sha256-{digest}",
    )
