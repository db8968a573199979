"""The parts of config.yaml, each checked on its own; config.py puts them together and reads the file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, IPvAnyNetwork, field_validator, model_validator

from advocacy_monitor.models import Use
from advocacy_monitor.terms import TERMS

_LANGUAGE = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", description="ISO 639 code, such as en or de")]


class Part(BaseModel):
    """Every part of the file: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LegalBases(Part):
    """Why statements may be kept; stands in every row."""

    posts: str = "legitimate interest: public post"
    submissions: str = "consent"
    mails: str = "legitimate interest: mail to the campaign"


class Campaign(Part):
    """What it is about and who stands behind it."""

    name: str = Field(min_length=1, description="The campaign's name, as it stands on packs.")
    sponsor: str = Field(min_length=1, description="Who runs and pays for the campaign; every pack names it.")
    contact: str = Field(min_length=1, description="Where a reader of a pack can ask.")
    ask: str | None = Field(default=None, description="The one thing that decision makers are asked for.")
    hashtags: tuple[str, ...] = Field(default=(), description="Hashtags, with or without #.")
    languages: tuple[_LANGUAGE, ...] = Field(default=("en", "de"), min_length=1, description="Languages expected.")
    pack_language: Literal["ar", "de", "en", "es", "fr", "ru", "zh"] = Field(
        default="en", description="Language of packs' headings and method."
    )
    codebook: str = Field(default="library", description="A shipped codebook's name, or the path of a YAML file.")
    libraries: Path | None = Field(default=None, description="CSV with columns library, area and postcode.")
    postcodes: Path | None = Field(default=None, description="CSV with columns postcode and area.")
    areas: Path | None = Field(default=None, description="CSV with columns area and part_of: which area lies in which.")
    recipients: Path = Field(
        default=Path("recipients.csv"), description="Decision makers, as CSV, XLSX or YAML: packs --for-each recipient."
    )
    brand: Path | None = Field(default=None, description="YAML with name, logo, colours, imprint: how packs look.")
    questions: tuple[str, ...] = Field(default=(), description="The wording of the questions that people answered.")
    consent_texts: dict[Use, str] = Field(default_factory=dict, description="The wording of each consent.")
    form_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Address of a page of your own for requests for permission; not given: that of `form.address`.",
    )
    legal_basis: LegalBases = LegalBases()
    sample_data: bool = Field(default=False, description="Marks every output as sample data.")

    @field_validator("hashtags")
    @classmethod
    def _bare(cls, tags: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(tag.removeprefix("#") for tag in tags)


def _hours_of_a_crontab(hours: str) -> str:
    from apscheduler.triggers.cron import CronTrigger

    CronTrigger(hour=hours)
    return hours


class Collector(Part):
    """A source with its settings and hours."""

    source: str = Field(description="Name of an installed source.")
    hours: str = Field(default="*", description="When to run, as hours of a crontab: '*', '8-20', '*/6', '7,19'.")
    jitter_minutes: float = Field(default=5, ge=0, le=59, description="A random delay of up to so many minutes.")
    settings: dict[str, Any] = Field(default_factory=dict, description="The source's own settings.")

    @field_validator("hours")
    @classmethod
    def _crontab(cls, hours: str) -> str:
        return _hours_of_a_crontab(hours)


class Thresholds(Part):
    """Below these numbers packs say less (R9)."""

    smallest_cell: int = Field(default=5, ge=1, description="Counts below this are shown as 'fewer than'.")
    smallest_base: int = Field(default=30, ge=1, description="No percentages on fewer statements than this.")
    quotes: int = Field(default=200, ge=1, description="The most quotes in a pack's annex.")
    smallest_area: int = Field(
        default=30, ge=1, description="A recipient's pack with fewer statements is about the next larger area."
    )


def _unverified_days() -> dict[str, int]:
    return {name: terms.unverified_days for name, terms in TERMS.items() if terms.unverified_days}


class Retention(Part):
    """How long statements are kept; `status` and `check` name what is older, `retention` removes it."""

    hours: str | None = Field(
        default=None, description="When the daemon removes what is older, as hours of a crontab; not given: never."
    )
    posts_months: int = Field(default=24, ge=1, description="Months that posts are kept.")
    submissions_months: int = Field(default=60, ge=1, description="Months that submissions are kept.")
    unverified_days: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default_factory=_unverified_days,
        description="By source: days after which a post that nobody could look up again must go.",
    )
    sources_months: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict, description="By source: months, where they are others than of its kind."
    )

    @field_validator("hours")
    @classmethod
    def _crontab(cls, hours: str | None) -> str | None:
        return _hours_of_a_crontab(hours) if hours else None


class Verification(Part):
    """Looking up at their platforms whether posts still stand, and unchanged (R5)."""

    hours: str = Field(default="*/6", description="When the daemon looks, as hours of a crontab; '' for never.")
    every_hours: float = Field(default=24, gt=0, le=720, description="How often each post is looked up.")

    @field_validator("hours")
    @classmethod
    def _crontab(cls, hours: str) -> str:
        return _hours_of_a_crontab(hours) if hours else hours


class Training(Part):
    """Learning to code themes from what people coded; needs the extra `learn`."""

    hours: str | None = Field(
        default=None, description="When the daemon trains, as hours of a crontab, such as '3'; not given: never."
    )
    seed: int = Field(default=20201113, ge=0, le=2**32 - 1, description="The same statements and seed, the same model.")
    least_positives: int = Field(
        default=20, ge=5, description="A theme with fewer coded statements stays with the lexicon."
    )

    @field_validator("hours")
    @classmethod
    def _crontab(cls, hours: str | None) -> str | None:
        return _hours_of_a_crontab(hours) if hours else None


class Desk(Part):
    """The pages for staff: `advocacy-monitor browse`."""

    address: HttpUrl | None = Field(
        default=None,
        description="The desk's address behind a web server with HTTPS, such as https://desk.example.org; not given: "
        "this computer only.",
    )
    session_hours: float = Field(default=12, gt=0, le=168, description="Hours after which everybody logs in anew.")
    idle_minutes: float = Field(
        default=60, gt=0, le=1440, description="Minutes without a click after which a log-in ends."
    )
    closed_questions: tuple[str, ...] = Field(
        default=(),
        description="Questions of surveys whose answers were chosen from a list, to be counted; the form's are known.",
    )
    map: Path | None = Field(
        default=None, description="A GeoJSON file with the boundaries of your areas, relative to this file."
    )


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = Annotated[
    str,
    Field(
        pattern=rf"^{_ATOM}(\.{_ATOM})*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$",
        max_length=254,
        description="E-mail address",
    ),
]
_PACK_LANGUAGE = Literal["ar", "de", "en", "es", "fr", "ru", "zh"]


class Privacy(Part):
    """What the form's privacy notice says beside what the program knows itself (GDPR, Art. 13)."""

    controller: str | None = Field(default=None, description="Who is responsible; not given: `campaign.sponsor`.")
    address: str | None = Field(default=None, description="Postal address of the controller.")
    contact: str | None = Field(default=None, description="Where to ask about data; not given: `campaign.contact`.")
    officer: str | None = Field(default=None, description="The data protection officer and how to reach them.")
    authority: str | None = Field(default=None, description="The supervisory authority where people may complain.")
    hosting: str | None = Field(default=None, description="Who runs the server, and where it stands.")
    more: str | None = Field(default=None, pattern=r"^https?://", description="Address of a longer privacy policy.")


class Form(Part):
    """The public form: `advocacy-monitor serve`, or a part of `run`."""

    questionnaire: str = Field(
        default="library", description="A shipped questionnaire's name, or the path of a YAML file of your own."
    )
    address: HttpUrl | None = Field(
        default=None, description="The form's public address, such as https://form.example.org; stands in QR codes."
    )
    host: str = Field(default="127.0.0.1", description="Where the form listens; a web server with HTTPS is before it.")
    port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="The port of the form when it is a part of `run`; not given: it is none.",
    )
    languages: tuple[_PACK_LANGUAGE, ...] | None = Field(
        default=None, min_length=1, description="Languages offered; not given: all of the questionnaire's."
    )
    embed_on: tuple[HttpUrl, ...] = Field(
        default=(), max_length=100, description="Websites that may show the form inside a page of theirs."
    )
    share_text: dict[_PACK_LANGUAGE, Annotated[str, Field(min_length=1, max_length=240)]] = Field(
        default_factory=dict, description="What people can share afterwards, by language; the hashtags are added."
    )
    proxies: tuple[IPvAnyNetwork, ...] = Field(
        default=(), description="Addresses of your own web servers; only they are believed who a visitor is."
    )
    privacy: Privacy = Privacy()


class Mail(Part):
    """Sending mail through your mail server: confirmations to people, digests to staff, thanks."""

    host: str = Field(min_length=1, description="The mail server that takes outgoing mail (SMTP).")
    port: int = Field(default=587, ge=1, le=65535, description="Its port: 587 with starttls, 465 with tls.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is secured; none is for a server on this computer only."
    )
    user: str | None = Field(default=None, description="The name to log in with, where the server asks for one.")
    password: dict[Literal["env", "file"], str] | None = Field(
        default=None, description="The password, as {env: NAME} or {file: PATH}."
    )
    sender: _EMAIL = Field(description="The address that mails come from.")
    sender_name: str | None = Field(default=None, max_length=100, description="The name; not given: the sponsor.")
    reply_to: _EMAIL | None = Field(default=None, description="Where answers go; not given: the sender.")
    per_minute: int = Field(default=30, ge=1, le=600, description="The most mails in a minute.")


class Digest(Part):
    """A mail to staff about what is new, what waits, what fails and what is unusual."""

    hours: str | None = Field(default=None, description="When it is sent, as hours of a crontab, such as '7'.")
    to: tuple[_EMAIL, ...] = Field(default=(), max_length=50, description="Addresses of staff.")
    language: _PACK_LANGUAGE = Field(default="en", description="Its language.")
    only_news: bool = Field(default=False, description="Send none when there is nothing new, waiting or unusual.")

    @field_validator("hours")
    @classmethod
    def _crontab(cls, hours: str | None) -> str | None:
        return _hours_of_a_crontab(hours) if hours else None


class Backups(Part):
    """Copies of the databases while they are in use: `advocacy-monitor backup`, and a job of `run`."""

    folder: Path = Field(default=Path("backups"), description="Where they lie, relative to this file.")
    hours: str | None = Field(
        default="2", description="When the daemon makes one, as hours of a crontab; '' for never."
    )
    days: int = Field(default=7, ge=1, le=366, description="Of so many days the newest one is kept.")
    weeks: int = Field(default=4, ge=0, le=104, description="Beyond that, one a week of so many weeks.")
    months: int = Field(default=3, ge=0, le=120, description="Beyond that, one a month of so many months.")
    encrypt: Literal["none", "age", "gpg"] = Field(default="none", description="With what they are encrypted.")
    recipients: tuple[str, ...] = Field(
        default=(), description="Public keys of who can open them: age1… or a GPG key's fingerprint."
    )

    @field_validator("hours")
    @classmethod
    def _crontab(cls, hours: str | None) -> str | None:
        return _hours_of_a_crontab(hours) if hours else None

    @model_validator(mode="after")
    def _has_keys(self) -> Self:
        if (self.encrypt == "none") is bool(self.recipients):
            raise ValueError("`encrypt` and `recipients` go together")
        return self


class Monitoring(Part):
    """What the daemon tells about itself, on this computer."""

    host: str = Field(default="127.0.0.1", description="Where /healthz, /readyz and /metrics are; keep it local.")
    port: int | None = Field(default=None, ge=1, le=65535, description="Their port; not given: there are none.")
    log: Literal["human", "json"] = Field(default="human", description="How the daemon's log is written.")


class Alerts(Part):
    """Mail or a webhook when something needs a person; each once, not every minute."""

    to: tuple[_EMAIL, ...] = Field(default=(), max_length=50, description="Addresses of staff.")
    webhook: dict[Literal["env", "file"], str] | None = Field(
        default=None, description="An address that takes JSON by POST, as {env: NAME} or {file: PATH}: it is a secret."
    )
    failures: int = Field(default=3, ge=1, description="A collector that failed so many times in a row is told of.")
    quiet_share: float = Field(
        default=0.1, ge=0, lt=1, description="A collector that finds less than this share of its own past; 0 for never."
    )
    month_share: float = Field(
        default=0.8, gt=0, le=1, description="A budget of which more than this share of the month is spent too early."
    )
    free_mb: int = Field(default=500, ge=1, description="Less free disk than this.")
    stuck_hours: float = Field(default=6, gt=0, description="What runs longer than this at a stretch.")
    again_hours: float = Field(default=24, gt=0, description="What goes on is told again after so many hours.")


class Network(Part):
    """What the program may ask over the network, beside the hosts that the collectors' settings name."""

    private_hosts: tuple[str, ...] = Field(
        default=(), description="Hosts of your own network that may be asked, such as a mail server at 10.0.0.5."
    )
