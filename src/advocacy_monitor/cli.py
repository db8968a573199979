"""The command line: one verb a stage, no logic. Exit codes: 0 done, 1 some work failed and is listed, 2 wrong usage."""

from __future__ import annotations

import io
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from advocacy_monitor import __version__
from advocacy_monitor.monitoring import logs

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded

_CONFIG = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


_ORDER = (
    *("demo", "init", "check", "collect", "import", "receive", "serve", "enrich", "moderate", "permission"),
    *("verify", "count", "recipients", "pack", "publish", "results", "kit", "run", "mail"),
    *("browse", "staff", "status", "service", "backup", "restore", "doctor"),
    *("erase", "access", "retention", "audit", "places"),
    *("codebook", "classify", "code", "agreement", "train", "evaluate", "discover"),
)


class Verbs(click.Group):
    """Lists the verbs in the order of the line, and turns our errors into one message and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in _ORDER if name in self.commands]

    def invoke(self, ctx: click.Context) -> Any:
        from advocacy_monitor.errors import AdvocacyMonitorError, ConfigError
        from advocacy_monitor.terminal import warn

        try:
            return super().invoke(ctx)
        except AdvocacyMonitorError as error:
            warn(f"Error: {error}")
            sys.exit(2 if isinstance(error, ConfigError) else 1)
        except MemoryError:
            warn("Error: there is not enough memory; what was confirmed is stored, and the next run goes on from there")
            sys.exit(1)


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: advocacy-monitor demo",
)
@click.option(
    "--config",
    "-c",
    type=_CONFIG,
    default=Path("config.yaml"),
    envvar="ADVOCACY_MONITOR_CONFIG",
    show_default=True,
    help="The campaign's configuration.",
)
@click.option("--verbose", "-v", is_flag=True, help="Say more about what is going on.")
@click.version_option(__version__, prog_name="advocacy-monitor")
@click.pass_context
def main(ctx: click.Context, config: Path, verbose: bool) -> None:
    """From what people say about their libraries to evidence packs for decision makers.

    The line: collect or import, enrich, moderate, pack. Everything is kept in one SQLite file.
    """
    logs.simple(logging.INFO if verbose or ctx.invoked_subcommand == "run" else logging.WARNING)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal of another encoding is no reason to fail
    ctx.obj = config


def _load(ctx: click.Context) -> Loaded:
    from advocacy_monitor.config import load_config

    path: Path = ctx.find_root().obj
    return load_config(path)


def _leave(failed: bool) -> NoReturn:
    sys.exit(1 if failed else 0)


@main.command(epilog="Example: advocacy-monitor init --name 'Missed My Library' --sponsor 'ALIA' my-campaign")
@click.argument("folder", type=_FOLDER, default=Path())
@click.option("--name", prompt="Name of the campaign")
@click.option("--sponsor", prompt="Who runs it (stands in every pack)")
@click.option("--contact", prompt="Where readers of a pack can ask", help="An address or a web page.")
@click.option("--hashtag", "hashtags", multiple=True, help="A hashtag to follow; may be given several times.")
@click.option("--language", "languages", multiple=True, default=("en", "de"), show_default=True)
@click.option("--instance", "instances", multiple=True, help="A Mastodon server to ask, such as https://example.org")
def init(folder: Path, **given: Any) -> None:
    """Make a campaign folder with a commented config.yaml. Nothing that exists is overwritten."""
    from advocacy_monitor.setup import write_campaign
    from advocacy_monitor.terminal import say

    say(f"Wrote {write_campaign(folder, **given)}. Next: advocacy-monitor -c {folder / 'config.yaml'} check")


@main.command(epilog="Example: advocacy-monitor check --offline")
@click.option("--offline", is_flag=True, help="Do not ask whether the sources' servers can be reached.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of config.yaml for editors, and stop.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def check(ctx: click.Context, offline: bool, schema: bool, as_json: bool) -> None:
    """Look at configuration, credentials, database, disk and reachability; each finding has a remedy."""
    from advocacy_monitor.health import config_schema, examine
    from advocacy_monitor.terminal import json_line, say, table

    if schema:
        say(config_schema())
        return
    findings = examine(_load(ctx), offline=offline)
    if as_json:
        for finding in findings:
            json_line(
                {
                    "ok": finding.ok,
                    "warns": finding.warns,
                    "what": finding.what,
                    "found": finding.found,
                    "remedy": finding.remedy,
                }
            )
    else:
        rows = [("warn" if f.warns else "ok" if f.ok else "WRONG", f.what, f.found, f.remedy) for f in findings]
        table(("", "what", "found", "remedy"), rows)
    _leave(not all(finding.ok for finding in findings))


@main.command(epilog="Example: advocacy-monitor collect mastodon")
@click.argument("names", nargs=-1)
@click.option("--estimate", "only_estimate", is_flag=True, help="Say what a long or paid run would read, and stop.")
@click.option("--yes", "confirmed", is_flag=True, help="Confirm a long or paid run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each collector, totals last.")
@click.pass_context
def collect(ctx: click.Context, names: tuple[str, ...], only_estimate: bool, confirmed: bool, as_json: bool) -> None:
    """Run collectors (all, or the named ones), each from where it left off."""
    from advocacy_monitor.hosting import build_source, open_store
    from advocacy_monitor.line import collect_one
    from advocacy_monitor.outcomes import show_estimates, show_outcomes
    from advocacy_monitor.terminal import progress

    loaded = _load(ctx)
    chosen = names or tuple(loaded.config.collectors)
    for name in names:
        build_source(loaded, name)
    if only_estimate:
        show_estimates(loaded, chosen, as_json=as_json)
        return
    outcomes = []
    with open_store(loaded) as store:
        for name in chosen:
            with progress(name, quiet=as_json) as seen:
                outcomes.append(collect_one(store, loaded, name, progress=seen, confirmed=confirmed))
    show_outcomes(outcomes, as_json=as_json, nothing="No collectors in config.yaml; see docs/how-to.")
    _leave(any(outcome.status == "failed" for outcome in outcomes))


@main.command("import", epilog="Example: advocacy-monitor import answers.csv --mapping columns.yaml --dry-run")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "kind", metavar="FORMAT", help="The format, when it is not recognised by itself.")
@click.option("--mapping", type=click.Path(path_type=Path), help="YAML that says which column is what.")
@click.option("--form", metavar="NAME", help="The survey's own name, when two have files of the same name.")
@click.option("--dry-run", is_flag=True, help="Read and count everything, store nothing.")
@click.option(
    "--consent",
    "consents",
    multiple=True,
    type=click.Choice(["analyse", "quote_unnamed", "quote_named", "send_to_representative"]),
    help="A use that everybody in these files consented to; needs --consent-proof.",
)
@click.option("--consent-proof", help="How that is known, such as the wording of the question.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each file, totals last.")
@click.pass_context
def import_(
    ctx: click.Context,
    paths: tuple[Path, ...],
    kind: str | None,
    mapping: Path | None,
    form: str | None,
    dry_run: bool,
    consents: tuple[str, ...],
    consent_proof: str | None,
    as_json: bool,
) -> None:
    """Import files: posts (twarc JSONL), surveys and tables (CSV, XLSX). A second import stores nothing."""
    from advocacy_monitor.line import import_paths
    from advocacy_monitor.outcomes import show_outcomes

    if bool(consents) != bool(consent_proof):
        raise click.UsageError("--consent and --consent-proof go together: a consent needs its proof")
    given = {"format": kind, "mapping": mapping, "form": form}
    settings = {key: value for key, value in given.items() if value is not None}
    outcomes = import_paths(
        _load(ctx), paths, settings, dry_run=dry_run, consents=consents, proof=consent_proof or "", quiet=as_json
    )
    show_outcomes(outcomes, as_json=as_json)
    _leave(any(outcome.status == "failed" for outcome in outcomes))


@main.command(epilog="Example: advocacy-monitor enrich language themes")
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each enricher.")
@click.pass_context
def enrich(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Find language, places, copies, personal data, sentiment and themes in what is new."""
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.line import enrich_all
    from advocacy_monitor.outcomes import show_enrichments
    from advocacy_monitor.terminal import progress

    loaded = _load(ctx)
    with open_store(loaded) as store, progress("enrich", quiet=as_json) as seen:
        made = enrich_all(store, loaded, names, progress=seen)
    show_enrichments(made, as_json=as_json)
    _leave(any(enrichment.set_aside for enrichment in made))


@main.command(epilog="Example: advocacy-monitor run --now")
@click.option("--now", "at_once", is_flag=True, help="Also run every collector at the start.")
@click.pass_context
def run(ctx: click.Context, at_once: bool) -> None:
    """Run as a daemon: every collector in its hours, the form and mail beside. SIGTERM ends it in good order."""
    from advocacy_monitor.errors import ConfigError

    loaded = _load(ctx)
    if not loaded.config.collectors and loaded.config.form.port is None and loaded.config.mail is None:
        raise ConfigError(f"{loaded.path}: has no collectors, no form.port and no mail; there is nothing to run")
    from advocacy_monitor.daemon import run as run_daemon

    logs.configure(loaded.config.monitoring.log)
    run_daemon(loaded, at_once=at_once)


@main.command(epilog="Example: advocacy-monitor browse --port 8001")
@click.option("--host", default="127.0.0.1", show_default=True, help="Another one needs `desk.address` in config.yaml.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True)
@click.option("--as", "name", default=None, help="Who you are.  [default: the name of the account]")
@click.pass_context
def browse(ctx: click.Context, host: str, port: int, name: str | None) -> None:
    """Moderate, code, chart and export in the browser: the staff desk, with Datasette behind it.

    It prints a link that lets you in as administrator, once. Accounts for others: `advocacy-monitor staff add`.
    """
    from advocacy_monitor.errors import ConfigError

    loaded = _load(ctx)
    from advocacy_monitor.cli_groups import account

    try:
        from advocacy_monitor.desk.browse import serve
    except ImportError as error:
        raise ConfigError(f'{error}; install it with: pip install "advocacy-monitor[browse]"') from error
    serve(loaded, host=host, port=port, name=name or account())


@main.command(epilog="Example: advocacy-monitor serve --port 8003")
@click.option("--host", default=None, help="Put a web server with https in front of it.  [default: form.host]")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="[default: form.port, else 8003]")
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None) -> None:
    """Serve the public form, which `run` does as well when `form.port` is set."""
    loaded = _load(ctx)
    from advocacy_monitor.web.serve import serve_form

    settings = loaded.config.form
    serve_form(loaded, host=host or settings.host, port=settings.port or 8003 if port is None else port)


@main.command(epilog="Example: advocacy-monitor status --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """What is stored, where moderation stands, how the last runs went and why some failed."""
    from advocacy_monitor.status import show_status

    show_status(_load(ctx), as_json=as_json)


@main.command(epilog="Example: advocacy-monitor demo")
@click.option("--folder", type=_FOLDER, default=Path("demo-campaign"), show_default=True)
@click.option("--fresh", is_flag=True, help="Delete an earlier demo in that folder first.")
def demo(folder: Path, fresh: bool) -> None:
    """Run the whole line on packaged sample statements; needs no credential and no network."""
    from advocacy_monitor.demo import run_demo

    _leave(not run_demo(folder, fresh=fresh))


def _add_groups() -> None:
    from advocacy_monitor.cli_backup import backup, restore
    from advocacy_monitor.cli_choice import stance, translate
    from advocacy_monitor.cli_classify import classify
    from advocacy_monitor.cli_codebook import codebook
    from advocacy_monitor.cli_coding import agreement, code
    from advocacy_monitor.cli_discover import discover
    from advocacy_monitor.cli_doctor import doctor
    from advocacy_monitor.cli_evaluate import evaluate
    from advocacy_monitor.cli_groups import moderate
    from advocacy_monitor.cli_kit import kit
    from advocacy_monitor.cli_mail import mail
    from advocacy_monitor.cli_pack import pack
    from advocacy_monitor.cli_places import places
    from advocacy_monitor.cli_posts import count, permission, receive, verify
    from advocacy_monitor.cli_publish import publish
    from advocacy_monitor.cli_recipients import recipients
    from advocacy_monitor.cli_results import results
    from advocacy_monitor.cli_rights import access, audit, erase, retention
    from advocacy_monitor.cli_service import service
    from advocacy_monitor.cli_staff import staff
    from advocacy_monitor.cli_train import train

    of_the_line = (
        moderate,
        permission,
        verify,
        count,
        receive,
        places,
        recipients,
        pack,
        publish,
        results,
        kit,
        mail,
        staff,
        *(service, backup, restore, doctor, erase, access, retention, audit),
    )
    of_themes = (codebook, classify, code, agreement, train, evaluate, discover)
    for command in (*of_the_line, *of_themes):
        main.add_command(command)
    moderate.add_command(translate)
    moderate.add_command(stance)


_add_groups()
