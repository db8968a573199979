"""config.yaml: a mistake names file, line, key, what was found, what is allowed; secrets never show."""

from __future__ import annotations

from pathlib import Path

import pytest

from advocacy_monitor.config import form_address, load_config, mail_password, source_settings
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.health import config_schema, examine
from advocacy_monitor.plugins import SOURCES, build, load
from advocacy_monitor.protocols import Plugin
from advocacy_monitor.setup import write_campaign

GOOD = """\
campaign:
  name: Test
  sponsor: Association
  contact: info@example.org
  hashtags: ["#One", Two]
collectors:
  social:
    source: mastodon
    hours: "8-20/2"
    settings:
      instances: [https://mastodon.example]
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_is_read(tmp_path: Path) -> None:
    loaded = load_config(_write(tmp_path, GOOD))
    assert loaded.config.campaign.hashtags == ("One", "Two")
    assert loaded.database == tmp_path / "advocacy.db"
    assert next(iter(loaded.config.enrichers)) == "language"
    settings = source_settings(loaded, "social", load(SOURCES, "mastodon"))
    assert settings["hashtags"] == ("One", "Two")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("  sponsor", "  sponsorr"), r"config\.yaml, line 3: campaign\.sponsorr: unknown key \(did you mean sponsor\?\)"),
        (("  sponsor: Association\n", ""), r"line 1: campaign\.sponsor: is missing"),
        (("name: Test", "name: [1, 2]"), r"line 2: campaign\.name: Input should be a valid string; found list"),
        (("collectors:", "collector:"), r"line 6: collector: unknown key \(did you mean collectors\?\); allowed here: campaign"),
        (("source: mastodon", "source: mastodn"), r"line 8: collectors\.social: no source is called 'mastodn' \(did you mean mastodon\?\); there are: bluesky"),
        (('hours: "8-20/2"', 'hours: "8-99"'), r"line 9: collectors\.social\.hours: .*99"),
        (("    hours:", "    hour:"), r"line 9: collectors\.social\.hour: unknown key \(did you mean hours\?\)"),
        (("name: Test", "name: Test\n  name: Again"), r"line 3: the key 'name' stands twice"),
        (("name: Test", "name: : :"), r"line 2: is not YAML"),
        (("name: Test", "name: !!python/object:os.system x"), r"is not YAML"),
        (("name: Test", "name: 2026-02-30"), r"a value cannot be read: .*; put it in quotes"),
        (("campaign:", "timezone: Mars/Olympus\ncampaign:"), r"line 1: timezone: is not a time zone.*found 'Mars/Olympus'"),
        (("campaign:", "enrichers: {themes: , langage: }\ncampaign:"), r"enrichers\.langage: no enricher is called 'langage' \(did you mean language\?\)"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(ConfigError, match=message):
        load_config(_write(tmp_path, GOOD.replace(*change, 1)))


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list\n", "a: &a [*a]\n", "\x00"])
def test_what_is_no_mapping_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.yaml"):
        load_config(_write(tmp_path, text))


def test_a_missing_or_mis_encoded_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no such file; `advocacy-monitor init` writes one"):
        load_config(tmp_path / "config.yaml")
    (tmp_path / "config.yaml").write_bytes("campaign: {name: Bücherei}".encode("cp1252"))
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load_config(tmp_path / "config.yaml")


def _with_token(folder: Path, token: str) -> Path:
    return _write(folder, GOOD.rstrip() + f"\n      access_token: {token}\n")


def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    loaded = load_config(_with_token(tmp_path, "s3cr3t-t0ken"))
    with pytest.raises(ConfigError, match=r"access_token: is a secret and must not stand in config\.yaml") as caught:
        source_settings(loaded, "social", load(SOURCES, "mastodon"))
    assert "s3cr3t" not in str(caught.value)


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = load(SOURCES, "mastodon")
    loaded = load_config(_with_token(tmp_path, "{env: TEST_TOKEN}"))
    with pytest.raises(ConfigError, match="environment variable TEST_TOKEN is not set"):
        source_settings(loaded, "social", plugin)
    monkeypatch.setenv("TEST_TOKEN", " s3cr3t-t0ken\n")
    settings = source_settings(loaded, "social", plugin)
    assert settings["access_token"].get_secret_value() == "s3cr3t-t0ken"
    source = build(SOURCES, "mastodon", settings, where="here")
    assert "s3cr3t" not in repr(source) + str(source) + source.model_dump_json()
    assert not any("s3cr3t" in f.found + f.remedy for f in examine(loaded, offline=True))
    loaded = load_config(_with_token(tmp_path, "{file: token.txt}"))
    with pytest.raises(ConfigError, match=r"the file token\.txt cannot be read"):
        source_settings(loaded, "social", plugin)
    (tmp_path / "token.txt").write_text("from-a-file\n", encoding="utf-8")
    assert source_settings(loaded, "social", plugin)["access_token"].get_secret_value() == "from-a-file"


def test_settings_of_a_plugin_are_checked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"here\.instancs: unknown key \(did you mean instances\?\); allowed: "):
        build(SOURCES, "mastodon", {"instancs": []}, where="here")
    with pytest.raises(ConfigError, match=r"no source is called 'twitter'.*there are: bluesky, facebook"):
        build(SOURCES, "twitter", {}, where="here")


def test_check_tells_what_is_wrong_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_TOKEN", raising=False)
    loaded = load_config(_with_token(tmp_path, "{env: TEST_TOKEN}"))
    (tmp_path / "advocacy.db").write_bytes(b"not a database at all")
    (tmp_path / "contacts.db").write_bytes(b"")
    (tmp_path / "contacts.db").chmod(0o644)
    wrong = {finding.what: finding for finding in examine(loaded, offline=True) if not finding.ok}
    assert set(wrong) == {"collector social", "database", "contacts"}
    assert all(finding.remedy for finding in wrong.values())
    assert "TEST_TOKEN" in wrong["collector social"].found


def test_the_schema_knows_every_key() -> None:
    schema = config_schema()
    for key in ("campaign", "collectors", "smallest_cell", "posts_months", "consent_texts", "jitter_minutes"):
        assert f'"{key}"' in schema


@pytest.mark.parametrize("name", ["Plain", 'Quote: "it\'s" #1 {curly} %s', "Bücherei ✓", "- dash", "yes", "12"])
def test_init_writes_a_file_that_reads_back_whatever_was_typed(tmp_path: Path, name: str) -> None:
    path = write_campaign(
        tmp_path / "new",
        name=name,
        sponsor=name,
        contact="a@example.org",
        hashtags=("#Tag",),
        instances=("https://a.example",),
    )
    campaign = load_config(path).config.campaign
    assert (campaign.name, campaign.hashtags) == (name, ("Tag",))
    with pytest.raises(ConfigError, match="is there already; it was left as it is"):
        write_campaign(tmp_path / "new", name="other", sponsor="x", contact="y")
    assert load_config(path).config.campaign.name == name


def test_secrets_inside_the_parts_of_a_list_are_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pydantic import BaseModel, SecretStr

    class Part(BaseModel):
        name: str
        token: SecretStr | None = None

    class Paged(Plugin):
        parts: tuple[Part, ...] = ()

    text = (
        "campaign: {name: T, sponsor: S, contact: C}\n"
        "collectors: {a: {source: file, settings: {parts: [{name: one, token: {env: PAGE_TOKEN}}, {name: two}]}}}\n"
    )
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"collectors\.a\.settings\.parts\.0\.token: .* PAGE_TOKEN is not set"):
        source_settings(load_config(path), "a", Paged)
    monkeypatch.setenv("PAGE_TOKEN", "hush")
    made = Paged.model_validate(source_settings(load_config(path), "a", Paged))
    assert made.parts[0].token == SecretStr("hush")
    path.write_text(text.replace("{env: PAGE_TOKEN}", "hush"))
    with pytest.raises(ConfigError, match=r"parts\.0\.token: is a secret and must not stand in config\.yaml") as caught:
        source_settings(load_config(path), "a", Paged)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "settings", "words"),
    [
        (
            "facebook",
            {"facebook_pages": [{"pag": "1"}]},
            "facebook_pages.0.pag: unknown key (did you mean page?); allowed: page, library",
        ),
        (
            "feed",
            {"feeds": "https://a.example"},
            "s.feeds: Input should be a list, such as [one, two], found 'https://a.example'",
        ),
        ("bluesky", {"hashtags": ["a"]}, "s: mode search needs handle and app_password"),
        (
            "reddit",
            {"client_id": "a", "client_secret": "b", "user_agent": "x"},
            "(What your app tells Reddit of itself",
        ),
    ],
)
def test_a_mistake_in_a_source_s_settings_is_said_in_words(
    source: str, settings: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        build(SOURCES, source, settings, where="s")
    assert words in str(caught.value)


def test_a_password_that_stands_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    mail = "mail: {host: mail.example.org, sender: a@example.org, user: a, password: hunter2hunter2}\n"
    with pytest.raises(ConfigError) as refused:
        load_config(_write(tmp_path, GOOD + mail))
    assert "mail.password" in str(refused.value)
    assert "{env: NAME}" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_the_password_of_the_mail_server_comes_from_where_the_file_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = "mail: {host: mail.example.org, sender: a@example.org, user: a, password: {env: MAIL_SECRET}}\n"
    loaded = load_config(_write(tmp_path, GOOD + mail))
    monkeypatch.delenv("MAIL_SECRET", raising=False)
    with pytest.raises(ConfigError, match="MAIL_SECRET is not set"):
        mail_password(loaded)
    monkeypatch.setenv("MAIL_SECRET", "hunter2")
    assert mail_password(loaded) == "hunter2"
    assert mail_password(load_config(_write(tmp_path, GOOD))) is None


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("form: {port: 99999}\n", "form.port"),
        ("form: {languages: [en, tlh]}\n", "form.languages"),
        ("form: {embed_on: ['javascript:alert(1)']}\n", "form.embed_on"),
        ("form: {proxies: [somewhere]}\n", "form.proxies"),
        ("form: {privacy: {contoller: X}}\n", "unknown key"),
        ("digest: {to: ['a@example.org\\nBcc: b@example.org']}\n", "digest.to"),
        ("digest: {hours: 'noon'}\n", "digest.hours"),
        ("mail: {host: mail.example.org, sender: nobody}\n", "mail.sender"),
    ],
)
def test_what_is_wrong_with_form_and_mail_is_named(tmp_path: Path, section: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(_write(tmp_path, GOOD + section))
    assert said in str(refused.value)


def test_the_address_of_the_form_has_no_slash_at_its_end(tmp_path: Path) -> None:
    assert form_address(load_config(_write(tmp_path, GOOD + "form: {address: 'https://form.example.org/'}\n"))) == (
        "https://form.example.org"
    )
    assert form_address(load_config(_write(tmp_path, GOOD + "form: {address: 'https://example.org/form'}\n"))) == (
        "https://example.org/form"
    )
    assert form_address(load_config(_write(tmp_path, GOOD))) is None
