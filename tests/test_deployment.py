"""Holds that what a server is set up by fits the code: image, services, proxy, settings."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent))


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load(text_of("compose.yaml"))["services"]


def test_all_that_the_image_copies_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text_of("Dockerfile"), re.M)
    names = [name for line in copied for name in line.split()]
    assert {"requirements.txt", "requirements-server.txt", "requirements-weights.txt"} < set(names)
    assert all((ROOT / name).exists() for name in names)


def test_the_image_leaves_out_what_only_trainings_tests_and_visitors_made() -> None:
    left_out = set(text_of(".dockerignore").split())
    assert {".git", ".venv", "tests", "results/guests", "results/listening"} <= left_out
    needed = {"engine", "ui", "pages", "Home.py", "models", "songbook", "results", ".streamlit"}
    assert not needed & left_out


def test_the_image_runs_as_nobody_special() -> None:
    last = text_of("Dockerfile").rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.M)
    assert "--uid 10001" in last


@pytest.mark.parametrize("name", ["app", "api"])
def test_a_service_needs_no_writing_and_no_rights(services: dict[str, Any], name: str) -> None:
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert [place.partition(":")[0] for place in service["tmpfs"]] == ["/tmp"]  # noqa: S108
    asked = service["environment"]["LYRICLAB_STOP_SECONDS"]
    seconds = float(asked.strip("${}").rpartition(":-")[2])
    assert float(service["stop_grace_period"].removesuffix("s")) > seconds + 2


def test_only_the_proxy_is_open_to_a_network(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert services["api"]["profiles"] == ["api"], "it is off unless it is asked for"


def test_what_pages_write_is_kept(services: dict[str, Any]) -> None:
    places = [volume.rpartition(":")[2] for volume in services["app"]["volumes"]]
    cache = re.search(r"LYRICLAB_CACHE=(\S+)", text_of("Dockerfile"))
    assert cache
    assert set(places) == {"/srv/lyric-lab/results", f"{cache[1]}/evaluations"}


def test_every_setting_is_a_row_of_the_readme(services: dict[str, Any]) -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)", text_of("README.md"), re.M))
    files = text_of("Dockerfile") + text_of("compose.yaml")
    named = set(re.findall(r"\b(LYRICLAB_[A-Z_]+)", files))
    assert named <= told
    for service in services.values():
        assert set(service["environment"]) <= told | {"SITE", "FORWARDED_ALLOW_IPS"}


def test_the_proxy_passes_every_address_of_the_interface_on() -> None:
    from engine.api.app import made
    from engine.api.service import Service
    from engine.serving.models import ServedModels

    passed = re.search(r"@api path (.+)", text_of("Caddyfile"))
    assert passed
    patterns = [re.escape(one).replace(r"\*", ".*") for one in passed[1].split()]
    for address in made(Service(ServedModels())).openapi()["paths"]:
        assert any(re.fullmatch(pattern, address) for pattern in patterns), address
    for address in ("/docs", "/openapi.json", "/static-offline-docs/swagger-ui.css"):
        assert any(re.fullmatch(pattern, address) for pattern in patterns), address


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed")
def test_the_image_passes_its_linter() -> None:
    assert HADOLINT
    done = subprocess.run(  # noqa: S603 - a tool of the development group
        [HADOLINT, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
