"""`kit`: what a campaign puts up, hands out, posts and sends, in every language and for every library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from advocacy_monitor.translate import LANGUAGES

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded
    from advocacy_monitor.kit.folder import Kit

_Command = TypeVar("_Command", bound=Callable[..., Any])
_MOST_COPIES = 500


@click.group(epilog="Example: advocacy-monitor kit all --language en --language ar --output kit")
def kit() -> None:
    """Make the campaign kit: flyers, posters, banners, bunting, cards, pictures, a web snippet, letters.

    Name, logo and colours come from the campaign's brand file, the address in the codes from `form.address`. A README
    in each folder says what each file is for, how large it is, and what it shows in words.
    """


def _options(command: _Command) -> _Command:
    options = (
        click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES),
                     help="Only this language; may be repeated.  [default: all of the form's]"),
        click.option("--library", "libraries", multiple=True, help="Only for this library; may be repeated."),
        click.option("--all-libraries", is_flag=True, help="For the campaign and for each library of its list."),
        click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True,
                     help="A4 and A3, or US letter and tabloid."),
        click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=Path("kit"),
                     show_default=True, help="The folder; an older kit there is replaced when nobody has changed it."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


_copies = click.option(
    "--copies",
    type=click.IntRange(0, _MOST_COPIES),
    default=0,
    help="So many numbered flyers of each, each with a withdrawal code of its own to tear off.",
)


@kit.command("all", epilog="Example: advocacy-monitor kit all --language en --language ar --output kit")
@_options
@_copies
@click.pass_context
def everything(ctx: click.Context, /, **asked: Any) -> None:
    """Everything. With results in press release and letter once there are statements that may be quoted."""
    _make(ctx, ("flyer", "posters", "social", "snippet", "letters"), **asked)


@kit.command(epilog="Example: advocacy-monitor kit flyer --language de --output kit")
@_options
@_copies
@click.pass_context
def flyer(ctx: click.Context, /, **asked: Any) -> None:
    """Sheets with the questions of the form, to write on."""
    _make(ctx, ("flyer",), **asked)


@kit.command(epilog="Example: advocacy-monitor kit posters --language de --output kit")
@_options
@click.pass_context
def posters(ctx: click.Context, /, **asked: Any) -> None:
    """Posters, banners, bunting and shelf cards, as PDFs to print."""
    _make(ctx, ("posters",), **asked)


@kit.command(epilog="Example: advocacy-monitor kit social --language de --output kit")
@_options
@click.pass_context
def social(ctx: click.Context, /, **asked: Any) -> None:
    """Pictures for social media in the platforms' sizes, with their alternative text."""
    _make(ctx, ("social",), **asked)


@kit.command(epilog="Example: advocacy-monitor kit snippet --language de --output kit")
@_options
@click.pass_context
def snippet(ctx: click.Context, /, **asked: Any) -> None:
    """The lines that put the form, or a link to it, into a web page."""
    _make(ctx, ("snippet",), **asked)


@kit.command(epilog="Example: advocacy-monitor kit letters --language de --output kit")
@_options
@click.pass_context
def letters(ctx: click.Context, /, **asked: Any) -> None:
    """Press release and letter as Word files: for the start, and with results once there are some."""
    _make(ctx, ("letters",), **asked)


def _make(
    ctx: click.Context,
    kinds: tuple[str, ...],
    *,
    languages: tuple[str, ...],
    libraries: tuple[str, ...],
    all_libraries: bool,
    paper: str,
    output: Path,
    as_json: bool,
    copies: int = 0,
) -> None:
    from datetime import UTC, datetime

    from advocacy_monitor.config import load_config
    from advocacy_monitor.hosting import form_languages, open_store
    from advocacy_monitor.kit.folder import PAPERS, Order, write_kit

    _check_installed()
    loaded = load_config(ctx.find_root().obj)
    order = Order(
        kinds=kinds,
        languages=tuple(dict.fromkeys(languages)) or form_languages(loaded),
        libraries=_libraries(loaded, libraries, all_libraries=all_libraries),
        paper=next(each for each in PAPERS if each == paper),
        copies=copies,
    )
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with open_store(loaded) as store:
        made = write_kit(loaded, store, output, order, as_of=today)
    _show(made, as_json=as_json)


def _check_installed() -> None:
    from importlib.util import find_spec

    from advocacy_monitor.errors import ConfigError

    if find_spec("segno") is None:
        raise ConfigError('kit needs segno, which draws the codes; pip install "advocacy-monitor[form]"')


def _libraries(loaded: Loaded, named: tuple[str, ...], *, all_libraries: bool) -> tuple[str, ...]:
    """The libraries by their labels, '' for the whole campaign. Raises ConfigError, UsageError."""
    from advocacy_monitor.errors import ConfigError
    from advocacy_monitor.kit.links import listed_libraries

    known = listed_libraries(loaded)
    if all_libraries:
        if named:
            raise click.UsageError("--all-libraries and --library exclude each other")
        if not known.listed:
            raise ConfigError(f"{loaded.path}: campaign.libraries: is missing, so there is no list of libraries")
        return ("", *(each.label for each in known.listed))
    found = {name: known.find(name) for name in named}
    for name, library in found.items():
        if library is None and known.listed:
            raise ConfigError(
                f"{loaded.config.campaign.libraries}: there is no library {name!r}, or several are called so"
            )
    labels = [library.label if library else " ".join(name.split()) for name, library in found.items()]
    return tuple(dict.fromkeys(labels)) or ("",)


def _show(made: Kit, *, as_json: bool) -> None:
    from advocacy_monitor.terminal import json_line, plain, say, warn

    if as_json:
        json_line({"folder": str(made.folder), "files": [str(each) for each in made.files], "left_out": made.left_out})
        return
    say(f"wrote {len(made.files)} files to {plain(str(made.folder))}; start with README.txt there")
    for reason in made.left_out:
        warn(plain(reason))
