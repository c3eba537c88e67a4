"""What every command that starts a program takes."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from valkit.net.monitoring.settings import LogFormat

Config: TypeAlias = Annotated[Path, typer.Option(help="YAML file with the settings.")]
ConfigIfNeeded: TypeAlias = Annotated[Path | None, typer.Option(help="YAML file with the settings.")]
"""Where there are commands beneath it that can do without."""
Logged: TypeAlias = Annotated[
    LogFormat | None,
    typer.Option("--log-format", help="How the log is written, whatever the file says.", show_default=False),
]
