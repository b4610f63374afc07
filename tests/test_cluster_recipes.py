"""The recipes for clusters: what they name is what this repository has."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from engine.__main__ import _parser

ROOT = Path(__file__).parent.parent
RECIPES = ROOT / "docs" / "cluster"


def read(name: str) -> list[Any]:
    return list(yaml.safe_load_all((RECIPES / name).read_text("utf-8")))


def test_the_cloud_recipe_is_what_ray_up_takes() -> None:
    ray = find_spec("ray")
    if ray is None or not ray.submodule_search_locations:
        pytest.skip("Ray is not installed (requirements-ray.txt)")
    schema = Path(ray.submodule_search_locations[0]) / "autoscaler" / "ray-schema.json"
    jsonschema.validate(read("ray-up.yaml")[0], json.loads(schema.read_text("utf-8")))


def test_one_version_of_ray_everywhere() -> None:
    pinned = re.search(r"^ray==(.*)$", (ROOT / "requirements-ray.txt").read_text("utf-8"), re.M)
    assert pinned
    assert read("ray-job.yaml")[1]["spec"]["rayClusterSpec"]["rayVersion"] == pinned[1]
    assert f"rayproject/ray:{pinned[1]}-" in (RECIPES / "Dockerfile").read_text("utf-8")


def test_commands_of_the_recipes_are_ours() -> None:
    told = (ROOT / "docs" / "cluster.md").read_text("utf-8")
    job = read("ray-job.yaml")[1]["spec"]["entrypoint"]
    commands = re.findall(r"python -m engine ([^'#\n]*)", f"{told}\n{job}")
    assert len(commands) >= 6
    for command in commands:
        _parser().parse_args(command.split())
