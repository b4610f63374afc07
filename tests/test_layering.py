"""Holds the table of layers: who may import what, and what stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {"torch", "transformers", "peft", "music21", "plotly", "sklearn", "pandas", "verovio"}
SCREENS = [ROOT / "Home.py", *sorted((ROOT / "pages").glob("*.py"))]
NEVER = {
    "pages": HEAVY | {"train", "bench", "mir_eval", "bitsandbytes", "accelerate"},
    "ui": {"torch", "transformers", "peft", "music21", "plotly", "train", "pages", "bench"},
    "engine": {"streamlit", "ui", "pages", "train", "bench"},
    "train": {"streamlit", "ui", "pages"},
    "bench": {"streamlit", "ui", "pages"},
}
# How a browser speaks to the server: a visitor without a browser says the same.
SPOKEN = "streamlit.proto"


def files_of(layer: str) -> list[Path]:
    return SCREENS if layer == "pages" else sorted((ROOT / layer).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """(module, whether only for type checking) of every import, lazy ones too."""
    tree = ast.parse(path.read_text("utf-8"))
    for_types: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for_types.update(id(child) for child in ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in for_types
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, id(node) in for_types


ALL = [(layer, path) for layer in NEVER for path in files_of(layer)]


@pytest.mark.parametrize(("layer", "path"), ALL, ids=[name_of(path) for _, path in ALL])
def test_no_module_reaches_into_a_forbidden_layer(layer: str, path: Path) -> None:
    found = {
        module
        for module, for_types in imports(path)
        if module.split(".")[0] in NEVER[layer] and not for_types
        if not (layer == "bench" and module.startswith(SPOKEN))
    }
    assert not found, f"{name_of(path)} imports {', '.join(sorted(found))}"


@pytest.mark.parametrize("path", SCREENS, ids=name_of)
def test_pages_are_thin(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)

    assert len(text.splitlines()) <= 80
    assert "cache_" not in text, "caching belongs in ui"
    assert "unsafe_allow_html" not in text, "HTML belongs in ui"
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)]
    assert not loops, "loops over data belong in engine or ui"
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not calls & {"open", "Path", "pathlib.Path", "st.html", "st.iframe"}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_modules_import_each_other_in_a_circle() -> None:
    layers = ("engine", "ui", "train", "bench")
    paths = {module_name(path): path for layer in layers for path in files_of(layer)}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for module, path in paths.items():
        sorter.add(module, *(needed_by(path, module, set(paths)) - {module}))
    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


ROOMS = {
    "errors": {"plain_text"},
    "files": {"errors"},
    "json_text": set[str](),
    "lyrics": {"errors"},
    "intervals": set[str](),
    "plain_text": set[str](),
    "arguments": {"errors", "plain_text"},
    "music": {"errors", "lyrics"},
    "optional": {"errors"},
    "models": {"errors", "files", "json_text", "optional"},
    "arrangement": {"errors", "lyrics", "music"},
    "notation": {"arrangement", "errors", "lyrics", "music"},
    "formats": {"arrangement", "errors", "files", "json_text", "lyrics", "music", "notation"},
    "listening": {"errors", "files", "music"},
    "classifiers": {"errors", "lyrics", "models"},
    "explanation": {"classifiers", "errors", "lyrics"},
    "generator": {"corpora", "errors", "json_text", "lyrics", "models", "music"},
    "chords_command": {"arguments", "errors", "generator", "lyrics", "music"},
    "corpora": {
        *("arrangement", "errors", "files", "formats", "intervals", "json_text", "lyrics"),
        *("music", "optional", "plain_text"),
    },
    "corpus_command": {"corpora", "errors", "leaks_command", "progress"},
    "leaks_command": {"corpora", "errors", "progress"},
    "progress": set[str](),
    "export_command": {"formats", "music"},
    "similarity": {
        *("classifiers", "corpora", "errors", "files", "json_text", "lyrics", "models"),
        "plain_text",
    },
    "project": {"errors", "formats", "generator", "json_text", "music"},
    "batch": {
        *("classifiers", "corpora", "errors", "files", "formats", "generator", "json_text"),
        *("lyrics", "models"),
    },
    "batch_command": {"batch", "chords_command", "errors", "generator"},
    "evaluation": {
        *("arrangement", "batch", "classifiers", "corpora", "errors", "explanation"),
        *("files", "formats", "generator", "json_text", "lyrics", "models", "music"),
    },
    "audit": {
        *("corpora", "errors", "evaluation", "files", "intervals", "json_text", "lyrics"),
        "models",
    },
    "figures": {"classifiers", "evaluation", "listening", "plain_text"},
    "log": {"errors"},
    "serving": {"classifiers", "errors", "generator", "lyrics", "models"},
    "api": {
        *(
            "arguments",
            "chords_command",
            "classifiers",
            "errors",
            "export_command",
            "files",
            "formats",
        ),
        *("generator", "lyrics", "models", "music", "plain_text", "serving"),
    },
    "serve_command": {"api", "errors", "log", "models", "serving"},
}


def room_of(module: str) -> str:
    return module.split(".")[1]


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_opens_only_on_rooms_before_it(room: str) -> None:
    known = {module_name(path) for path in files_of("engine")}
    for path in files_of("engine"):
        module = module_name(path)
        if module.startswith(f"engine.{room}") and room_of(module) == room:
            opened = {room_of(other) for other in needed_by(path, module, known - {"engine"})}
            assert opened <= ROOMS[room] | {room}, f"{module} reaches into {opened}"


def test_every_room_is_in_the_plan() -> None:
    modules = {module_name(path) for path in files_of("engine")} - {"engine", "engine.__main__"}
    assert {room_of(module) for module in modules} == set(ROOMS)


def needed_by(path: Path, module: str, known: set[str]) -> set[str]:
    """Modules of ours that a file imports, now or in a function, packages it names included."""
    found: set[str] = set()
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in typing_only:
            submodules = {f"{node.module}.{alias.name}" for alias in node.names} & known
            found |= submodules
            if len(submodules) < len(node.names):
                found.add(node.module)
    return found & known


def test_streamlit_caches_live_in_ui_only() -> None:
    elsewhere = [*SCREENS, *files_of("engine"), *files_of("train"), *files_of("bench")]
    users = [name_of(path) for path in elsewhere if "st.cache_" in path.read_text("utf-8")]
    assert not users


def test_plotly_is_imported_by_the_figures_only() -> None:
    users = {
        path
        for path in files_of("engine")
        for module, _ in imports(path)
        if module.split(".")[0] == "plotly"
    }
    strangers = {name_of(path) for path in users if "figures" not in path.parts}
    assert not strangers


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_importing_the_engine_imports_nothing_heavy() -> None:
    loaded = modules_after("import engine")
    assert not loaded & (HEAVY | {"numpy", "streamlit", "py3langid", "mir_eval"})


def test_importing_the_first_page_imports_no_model_library() -> None:
    loaded = modules_after("import ui.home, ui.theme, ui.genre.view, ui.chords.song")
    assert not loaded & (HEAVY - {"plotly", "pandas"})


def test_title_and_menu_are_drawn_before_anything_heavy_is_imported() -> None:
    # What stands between a visitor of a server that has just begun and the title.
    loaded = modules_after("import ui.navigation, ui.home")
    assert not loaded & (HEAVY - {"plotly", "pandas"} | {"numpy", "PIL.Image"})
    assert not {name for name in loaded if name.startswith(("engine.music.", "engine.formats"))}


def test_a_room_of_the_evaluation_loads_no_other() -> None:
    loaded = modules_after("import engine.evaluation.tasks, engine.evaluation.baselines")
    assert not {name for name in loaded if name.startswith("engine.evaluation.board")}
    assert not loaded & (HEAVY | {"numpy", "mir_eval"})
    assert "engine.evaluation.runner" not in modules_after("import engine.evaluation.board.sets")
