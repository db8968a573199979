"""Commands that an administrator types as root leave nothing that the daemon, which is no root, cannot open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from advocacy_monitor.store.owning import like
from tests.faults.process import TAG, arrive, campaign, mastodon, platform, tell

_SOMEBODY = 12345


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if os.geteuid() != 0:
        pytest.skip("only root can give files to somebody")
    made = tmp_path / "campaign"
    made.mkdir()
    return made


def test_what_root_does_in_somebodys_campaign_is_theirs(folder: Path) -> None:
    with platform(3) as server:
        config = campaign(folder, collectors=mastodon(server.url))
        for path in (folder, config):
            os.chown(path, _SOMEBODY, _SOMEBODY)
        arrive(server, 1, words="Words to be erased")
        assert server.timelines[TAG]
        for verb in (
            ("collect",),
            ("backup",),
            ("erase", "--item", "4", "--confirm", "4"),
            ("audit", "verify"),
            ("doctor", "--repair"),
            ("restore", "--latest", "--yes"),
        ):
            told = tell(config, *verb)
            assert told.code == 0, (verb, told.words)
            foreign = {path.relative_to(folder) for path in folder.rglob("*") if path.stat().st_uid != _SOMEBODY}
            assert foreign == set(), verb
    assert {"advocacy.db", "contacts.db", "advocacy.db.run-lock", "advocacy.erasures", "advocacy.audit"} <= {
        path.name for path in folder.iterdir()
    }


def test_what_may_be_somebody_elses_is_never_given_away(folder: Path, tmp_path: Path) -> None:
    os.chown(folder, _SOMEBODY, _SOMEBODY)
    secret, other = tmp_path / "secret", tmp_path / "other"
    secret.write_text("root's")
    other.write_text("root's as well")
    (folder / "link").symlink_to(secret)
    (folder / "second-name").hardlink_to(other)
    (folder / "plain").write_text("")
    like(folder, folder / "link", folder / "second-name", folder / "plain", folder / "is-not-there")
    assert (secret.stat().st_uid, other.stat().st_uid, (folder / "plain").stat().st_uid) == (0, 0, _SOMEBODY)
