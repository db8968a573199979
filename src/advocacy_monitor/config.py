"""config.yaml, read once and checked. A mistake names file, line, key, what was found and what is allowed.

Secrets never stand in the file: a setting that is a secret is given as `{env: NAME}` or `{file: PATH}`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from advocacy_monitor import plugins
from advocacy_monitor.config_parts import (
    Alerts,
    Backups,
    Campaign,
    Collector,
    Desk,
    Digest,
    Form,
    Mail,
    Monitoring,
    Network,
    Part,
    Privacy,
    Retention,
    Thresholds,
    Training,
    Verification,
)
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.protocols import Plugin

__all__ = [
    "Alerts",
    "Backups",
    "Campaign",
    "Config",
    "Digest",
    "Form",
    "Loaded",
    "Mail",
    "Monitoring",
    "Network",
    "Privacy",
    "Thresholds",
    "Training",
    "Verification",
    "alert_webhook",
    "enricher_settings",
    "form_address",
    "load_config",
    "mail_password",
    "source_settings",
]

_DEFAULT_ENRICHERS: dict[str, dict[str, Any]] = {
    name: {}
    for name in (
        *("language", "places", "duplicates", "relevance", "personal_data", "sentiment", "stance", "richness"),
        "themes",
    )
}


class Config(Part):
    """A campaign folder's config.yaml."""

    campaign: Campaign
    database: Path = Field(default=Path("advocacy.db"), description="The main database, relative to this file.")
    contacts: Path = Field(default=Path("contacts.db"), description="Contact details; only its owner may read it.")
    timezone: str = Field(default="UTC", description="Time zone of the collectors' hours, such as Europe/Berlin.")
    collectors: dict[str, Collector] = Field(default_factory=dict, description="Collectors by a name of your own.")
    enrichers: dict[str, dict[str, Any]] = Field(
        default_factory=lambda: dict(_DEFAULT_ENRICHERS),
        description="Enrichers in the order in which they run, each with its settings.",
    )
    thresholds: Thresholds = Thresholds()
    retention: Retention = Retention()
    verification: Verification = Verification()
    training: Training = Training()
    desk: Desk = Desk()
    form: Form = Form()
    mail: Mail | None = Field(default=None, description="How mail is sent; not given: none is.")
    digest: Digest = Digest()
    backups: Backups = Backups()
    monitoring: Monitoring = Monitoring()
    alerts: Alerts = Alerts()
    network: Network = Network()

    @field_validator("enrichers", mode="before")
    @classmethod
    def _empty_settings(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return {name: {} if settings is None else settings for name, settings in given.items()}
        return given

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("is not a time zone; try a name such as Europe/Berlin") from error
        return name


class Loaded(Part):
    """A checked configuration and the folder that its paths are relative to."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    config: Config
    path: Path

    @property
    def folder(self) -> Path:
        """The campaign folder."""
        return self.path.parent

    @property
    def database(self) -> Path:
        """The main database."""
        return self.folder / self.config.database

    @property
    def accounts(self) -> Path:
        """The file with the accounts of staff: beside the database, readable by its owner only."""
        return self.database.with_name(f"{self.database.stem}.desk.db")

    @property
    def backups(self) -> Path:
        """The folder of the backups."""
        return self.folder / self.config.backups.folder

    @property
    def contacts(self) -> Path:
        """The contacts file."""
        return self.folder / self.config.contacts


_Lines = dict[tuple[str | int, ...], int]


def _construct(node: yaml.Node, lines: _Lines, path: tuple[str | int, ...], file: Path) -> Any:
    """Plain values of a YAML tree, with the line of every key; a key that stands twice is an error."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = yaml.SafeLoader("").construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, (str, int)):
                raise ConfigError(f"{file}, line {line}: a key must be a word, found {type(key).__name__}")
            if key in found:
                raise ConfigError(f"{file}, line {line}: the key {key!r} stands twice in the same place")
            found[key] = _construct(value_node, lines, (*path, key), file)
            lines[(*path, key)] = line
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_construct(child, lines, (*path, number), file) for number, child in enumerate(node.value)]
    return yaml.SafeLoader("").construct_object(node, deep=True)


def _parse(path: Path) -> tuple[Any, _Lines]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; `advocacy-monitor init` writes one") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    lines: _Lines = {}
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return ({} if node is None else _construct(node, lines, (), path)), lines
    except RecursionError as error:
        raise ConfigError(f"{path}: an anchor refers to itself") from error
    except ValueError as error:  # such as the 30th of February
        raise ConfigError(f"{path}: a value cannot be read: {error}; put it in quotes") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}, line {line}: is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is not YAML: {error}") from error


def _allowed(path: tuple[str | int, ...]) -> list[str]:
    """The keys that are allowed in the place of a key."""
    model: Any = Config
    for part in path[:-1]:
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            continue
        model = Collector if part == "collectors" else field.annotation
    return list(getattr(model, "model_fields", {}))


def _explain(error: ValidationError, file: Path, lines: _Lines) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_context=False):
        path = tuple(part for part in problem["loc"] if part != "[key]")
        known = path
        while known and known not in lines:
            known = known[:-1]
        place = f"{file}, line {lines.get(known, 1)}: {'.'.join(map(str, path)) or 'the file'}"
        if problem["type"] == "extra_forbidden":
            keys = _allowed(path)
            yield f"{place}: unknown key{plugins.nearest(str(path[-1]), keys)}; allowed here: {', '.join(keys)}"
        elif problem["type"] == "missing":
            yield f"{place}: is missing"
        else:
            found = problem["input"]
            is_secret = "password" in path or path[:2] == ("alerts", "webhook")
            shown = repr(found) if isinstance(found, (str, int, float, bool)) else type(found).__name__
            shown = "a secret, which must not stand here; write {env: NAME} or {file: PATH}" if is_secret else shown
            yield f"{place}: {plugins.in_words(problem['msg'])}; found {shown}"


def load_config(path: Path) -> Loaded:
    """Reads and checks a config.yaml. Raises ConfigError with one line for each mistake."""
    given, lines = _parse(path)
    if not isinstance(given, dict):
        raise ConfigError(f"{path}, line 1: must be a mapping with the key `campaign`, found {type(given).__name__}")
    try:
        config = Config.model_validate(given)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(error, path, lines))) from error
    for group, section, names in (
        (plugins.SOURCES, "collectors", {n: c.source for n, c in config.collectors.items()}),
        (plugins.ENRICHERS, "enrichers", {n: n for n in config.enrichers}),
    ):
        known = plugins.installed(group)
        for key, name in names.items():
            if name not in known:
                line = lines.get((section, key, "source"), lines.get((section, key), 1))
                raise ConfigError(
                    f"{path}, line {line}: {section}.{key}: no {section[:-1].replace('collector', 'source')} is "
                    f"called {name!r}{plugins.nearest(name, list(known))}; there are: {', '.join(known)}"
                )
    return Loaded(config=config, path=path)


def _secret(given: Any, where: str, folder: Path) -> SecretStr:
    """The secret that `{env: NAME}` or `{file: PATH}` points to. Raises ConfigError that does not repeat it."""
    if not isinstance(given, dict) or len(given) != 1 or not set(given) <= {"env", "file"}:
        raise ConfigError(
            f"{where}: is a secret and must not stand in config.yaml; "
            "write {env: NAME} or {file: PATH} and keep the secret there"
        )
    ((kind, name),) = given.items()
    if kind == "env":
        value = os.environ.get(str(name), "")
        if not value.strip():
            raise ConfigError(f"{where}: the environment variable {name} is not set; set it and try again")
    else:
        try:
            value = (folder / str(name)).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{where}: the file {name} cannot be read: {error}") from error
        if not value.strip():
            raise ConfigError(f"{where}: the file {name} is empty")
    return SecretStr(value.strip())


def form_address(loaded: Loaded) -> str | None:
    """The form's public address without a slash at its end; None where there is none yet."""
    address = loaded.config.form.address
    return None if address is None else str(address).rstrip("/")


def mail_password(loaded: Loaded) -> str | None:
    """The password for sending mail, read from where config.yaml points to. Raises ConfigError without repeating it."""
    mail = loaded.config.mail
    if mail is None or mail.password is None:
        return None
    return _secret(mail.password, f"{loaded.path}: mail.password", loaded.folder).get_secret_value()


def alert_webhook(loaded: Loaded) -> SecretStr | None:
    """Where alerts are posted to; the address is a secret. Raises ConfigError without repeating it."""
    given = loaded.config.alerts.webhook
    return None if given is None else _secret(given, f"{loaded.path}: alerts.webhook", loaded.folder)


def _with_secrets(model: type[BaseModel], given: Mapping[str, Any], where: str, folder: Path) -> dict[str, Any]:
    """Settings with their secrets looked up, also those of the parts of a list (a Page's own token)."""
    made = dict(given)
    for key, value in given.items():
        field = model.model_fields.get(key)
        if field is None or value is None:
            continue
        parts = [part for part in get_args(field.annotation) if isinstance(part, type) and issubclass(part, BaseModel)]
        if parts and isinstance(value, list):
            made[key] = [
                _with_secrets(parts[0], part, f"{where}.{key}.{number}", folder) if isinstance(part, dict) else part
                for number, part in enumerate(value)
            ]
        elif not parts and "SecretStr" in str(field.annotation):
            made[key] = _secret(value, f"{where}.{key}", folder)
    return made


def source_settings(loaded: Loaded, name: str, plugin: type[Plugin]) -> dict[str, Any]:
    """A collector's settings, with the campaign's hashtags where the source takes some, and secrets looked up."""
    given = loaded.config.collectors[name].settings
    settings = _with_secrets(plugin, given, f"collectors.{name}.settings", loaded.folder)
    if "hashtags" in plugin.model_fields and loaded.config.campaign.hashtags:
        settings.setdefault("hashtags", loaded.config.campaign.hashtags)
    return _relative_paths(plugin, settings, loaded.folder)


def enricher_settings(loaded: Loaded, name: str, plugin: type[Plugin]) -> dict[str, Any]:
    """An enricher's settings, with the campaign's languages, codebook and libraries where it takes them."""
    campaign = loaded.config.campaign
    settings: dict[str, Any] = dict(loaded.config.enrichers[name])
    for key, value in (
        ("languages", campaign.languages),
        ("codebook", campaign.codebook),
        ("libraries", campaign.libraries),
        ("postcodes", campaign.postcodes),
    ):
        if key in plugin.model_fields and value is not None:
            settings.setdefault(key, value)
    if "model" in plugin.model_fields and (loaded.folder / "models").is_dir():
        settings.setdefault("model", Path("models"))
    return _relative_paths(plugin, settings, loaded.folder)


def _relative_paths(plugin: type[Plugin], settings: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Paths in settings are relative to the campaign folder, wherever the program is started."""
    made = dict(settings)
    for key, value in settings.items():
        field = plugin.model_fields.get(key)
        if field is not None and "Path" in str(field.annotation) and isinstance(value, (str, Path)):
            made[key] = folder / value
    codebook = settings.get("codebook")
    if isinstance(codebook, str) and codebook.endswith((".yaml", ".yml")):
        made["codebook"] = str(folder / codebook)
    return made
