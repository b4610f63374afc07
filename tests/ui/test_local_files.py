"""No visitor of a server names files on its disk; who runs the app for themselves may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st

from engine.errors import InputError
from ui import local_files

Served = Callable[[str | None, str | None], None]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    """Let the server be started with this setting, at this address."""

    def start(setting: str | None, address: str | None) -> None:
        monkeypatch.delenv(local_files.SETTING, raising=False)
        if setting is not None:
            monkeypatch.setenv(local_files.SETTING, setting)
        monkeypatch.setattr(st, "get_option", lambda _name: address)

    return start


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "127.8.0.1", "::1"])
def test_the_own_machine_may_when_it_is_said(served: Served, address: str) -> None:
    served("on", address)
    assert local_files.allowed()


@pytest.mark.parametrize(
    ("setting", "address"),
    [
        ("on", None),  # Streamlit's default: every interface
        ("on", "0.0.0.0"),  # noqa: S104 - nothing is bound here
        ("on", "::"),
        ("on", "192.168.1.4"),
        ("on", "localhost.example.org"),
        (None, "localhost"),
        ("off", "localhost"),
    ],
)
def test_strangers_may_not(served: Served, setting: str | None, address: str | None) -> None:
    served(setting, address)
    assert not local_files.allowed()
    with pytest.raises(InputError, match="not read here"):
        local_files.path_named("/etc/hostname")


def test_a_misspelt_setting_is_told(served: Served) -> None:
    served("yes", "localhost")
    with pytest.raises(InputError, match="'yes'; it is set to on or off"):
        local_files.allowed()


@pytest.mark.parametrize("text", ["/none/such", "a\0b", "x" * 5000, "~no-such-user/songs"])
def test_what_is_no_path_is_one_sentence(served: Served, text: str) -> None:
    served("on", "localhost")
    with pytest.raises(InputError, match="on this machine; name a file"):
        local_files.path_named(text)


def test_a_path_is_taken(served: Served, tmp_path: Path) -> None:
    served("on", "localhost")
    assert local_files.path_named(f" {tmp_path} ") == tmp_path


def test_the_shipped_configuration_serves_this_machine_alone() -> None:
    import tomllib

    written = (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text("utf-8")
    assert tomllib.loads(written)["server"]["address"] == "localhost"
