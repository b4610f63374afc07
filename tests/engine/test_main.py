"""The command line as a user meets it: in a process of its own where exit status matters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.classifiers import CLASSIFIERS
from engine.classifiers.prediction import GENRES
from engine.corpora.written_forms import FORMS
from engine.evaluation.board.records import read_records
from engine.lyrics import MAX_CHARACTERS
from tests.conftest import song_of

ROOT = Path(__file__).parents[2]


def run(arguments: Sequence[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "engine", *arguments],
        input=given,
        capture_output=True,
        cwd=ROOT,
        env=dict(os.environ),
        check=False,
    )


BAD = {
    "empty": (b"", "empty"),
    "binary": (bytes(range(256)) * 8, "binary"),
    "over-long": (b"la " * (MAX_CHARACTERS // 2), f"{MAX_CHARACTERS:,} are accepted"),
    "markup only": (b"<html><body>\n[Chorus]\n{title: x}\n</body></html>", "No words are left"),
}


@pytest.mark.parametrize("command", ["genre", "chords"])
@pytest.mark.parametrize("given", list(BAD))
def test_bad_input_is_one_line_and_status_2(command: str, given: str) -> None:
    text, message = BAD[given]
    finished = run([command, "-"], text)
    assert finished.returncode == 2
    assert finished.stdout == b""
    errors = finished.stderr.decode().splitlines()
    assert len(errors) == 1
    assert errors[0].startswith("error: ")
    assert message in errors[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["genre", "no/such/file.txt"], "cannot be read"),
        (["genre", "."], "is a folder"),
        (["genre", "--preset", "huge", "-"], "no preset 'huge'"),
        (["chords", "--key", "J:major", "-"], "J:major"),
        (["chords", "--time", "four", "-"], "four"),
        (["chords", "--tempo", "9000", "-"], "9000"),
        (["chords", "--per-line", "0", "-"], "0"),
        (["chords", "--variety", "2", "-"], "Variety"),
        (["chords", "--key-of", "A", "-"], "names no place"),
        (["chords", "--output", "no/such/folder/x.mid", "-"], "does not exist"),
        (["evaluate", "--task", "genre", "--data", "no/such/folder"], "no/such/folder"),
        ([], "required: COMMAND"),
        (["evaluate", "--task", "genre"], "required: --data"),
        (
            ["genre", "--model", "gpt", "-"],
            "invalid choice: 'gpt' (choose from 'llama',",
        ),
        (["chords", "--tempo", "slow\n", "-"], "invalid int value: 'slow\\n'"),
        (
            ["batch", "a.csv", "--output", "b.csv", "--model", "llama", "\x1b[2J\n?"],
            "arguments: [2J",
        ),
    ],
)
def test_bad_arguments_are_one_line_and_status_2(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert captured.err.startswith("error: ")
    assert message in captured.err


def test_genre_answers_in_json(
    with_tiny_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "song.txt"
    file.write_text(song_of("country", 1), "utf-8")
    assert main(["genre", str(file), "--json"]) == 0
    answers = json.loads(capsys.readouterr().out)
    assert [answer["model"] for answer in answers] == list(CLASSIFIERS)
    for answer in answers:
        assert set(answer) == {"model", "base", "label", "in_doubt", "probabilities", "seconds"}
        assert set(answer["probabilities"]) == set(GENRES)
        assert answer["label"] == max(answer["probabilities"], key=answer["probabilities"].get)


def test_genre_answers_people_and_only_the_models_asked(
    with_tiny_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "song.txt"
    file.write_text(song_of("country", 1), "utf-8")
    assert main(["genre", str(file), "--model", "bilstm-gru"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("bilstm-gru (trained from scratch): ")
    assert "llama" not in out


def test_parts_answer_beside_the_model_they_belong_to(
    with_tiny_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "song.txt"
    file.write_text(song_of("country", 1), "utf-8")
    names = ["llama", "llama/network", "llama/linear"]
    assert main(["genre", str(file), "--json", "--model", *names]) == 0
    answers = json.loads(capsys.readouterr().out)
    assert [answer["model"] for answer in answers] == names
    assert len({tuple(answer["probabilities"].values()) for answer in answers}) == 3


def test_another_language_is_a_warning_not_a_refusal(
    with_tiny_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "song.txt"
    file.write_text("La mer monte ce soir et je pense encore à toi, mon amour perdu", "utf-8")
    assert main(["genre", str(file), "--model", "bilstm-gru", "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err.startswith("warning: ")
    assert json.loads(captured.out)


@pytest.mark.slow
def test_the_shipped_models_answer_from_standard_input() -> None:
    finished = run(["genre", "--json", "-"], b"Down the dusty road I carried home the rain")
    assert finished.returncode == 0, finished.stderr.decode()
    assert finished.stderr == b""
    assert len(json.loads(finished.stdout)) == len(CLASSIFIERS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--lock", "1=Zz@1"], "not a chord symbol"),
        (["--lock", "nonsense"], "no lock"),
        (["--lock", "1=C"], "CHORD@WORD"),
        (["--alternatives", "9:1"], "no line 9"),
        (["--like", "verse 2=verse 1"], "verse 2"),
        (["--unlike", "coda"], "no place"),
    ],
)
def test_wishes_that_do_not_fit_the_song_are_told_before_a_model_is_loaded(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path / "none"))
    song = tmp_path / "song.txt"
    song.write_text("down by the river\nwe sang along\n")
    assert main(["chords", str(song), *arguments]) == 2
    assert message in capsys.readouterr().err


def test_chords_write_musicxml_that_music21_parses(tmp_path: Path) -> None:
    import music21

    song = tmp_path / "song.txt"
    song.write_text("Down the dusty road I carried home the rain\nLeave a light for me\n", "utf-8")
    out = tmp_path / "out.musicxml"
    arguments = ["chords", str(song), "--key", "G:major", "--genre", "folk", "--seed", "1"]
    finished = run([*arguments, "--to", "musicxml", "--output", str(out)])
    assert finished.returncode == 0, finished.stderr.decode()
    score = music21.converter.parse(out)
    assert list(score.recurse().getElementsByClass(music21.harmony.ChordSymbol))
    keys = score.recurse().getElementsByClass(music21.key.KeySignature)
    assert {key.sharps for key in keys} == {1}


def test_a_song_is_converted_in_the_key_names_and_letters_that_are_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song, out = tmp_path / "song.cho", tmp_path / "song.txt"
    song.write_text("{title: Rain}\n{key: C}\n[C]Rain [Am7]on [G]me\n", "utf-8")
    asked = ["--transpose", "2", "--capo", "2", "--names", "nashville"]
    assert main(["convert", str(song), str(out), *asked]) == 0
    assert out.read_text("utf-8").splitlines()[-2:] == ["1    6-⁷ 5", "Rain on  me"]
    assert "Capo: 2 (sounds in D major)" in out.read_text("utf-8")
    for name in ("large.pdf", "staff.svg", "song.dawproject", "song.rpp"):
        assert main(["convert", str(song), str(tmp_path / name), "--large-print"]) == 0
        assert (tmp_path / name).stat().st_size > 1000
    assert "It is for paper" in capsys.readouterr().err
    assert main(["convert", str(tmp_path / "large.pdf"), str(out)]) == 2
    assert "can be written but not read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "reason"),
    [("/dev/zero", "is a device"), ("x" * 5000, "cannot be read"), ("nul\0.txt", "cannot be read")],
)
def test_what_is_no_file_is_refused_at_once(
    source: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["genre", source, "--model", "bilstm-gru"]) == 2
    told = capsys.readouterr().err
    assert reason in told
    assert len(told.splitlines()) == 1


def test_a_pipe_that_nobody_writes_to_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert main(["genre", str(tmp_path / "pipe"), "--model", "bilstm-gru"]) == 2
    assert "is a pipe" in capsys.readouterr().err


def test_a_song_of_very_many_lines_is_refused_before_anything_loads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    song = tmp_path / "song.txt"
    song.write_text("\n".join(f"this is line {number}" for number in range(301)), "utf-8")
    assert main(["chords", str(song)]) == 2
    assert "301 different lines" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("setting", "options"),
    [
        ("<&-", "genre -"),
        ("< song.txt > /dev/full", "genre - --json --model bilstm-gru"),
        ("< song.txt", "genre - --model bilstm-gru"),
    ],
)
def test_odd_streams_end_in_one_sentence(
    setting: str, options: str, tmp_path: Path, with_tiny_models: Path
) -> None:
    (tmp_path / "song.txt").write_text("walking down the road at night\n", "utf-8")
    done = subprocess.run(  # noqa: S602 - our own command line, redirected as a shell does
        f"{sys.executable} -m engine {options} {setting}",
        shell=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == (0 if setting == "< song.txt" else 2)


def test_a_song_is_converted_by_the_endings_of_its_files(tmp_path: Path) -> None:
    song = tmp_path / "low.cho"
    song.write_text("{title: Low}\n{key: G}\n[G]Over [D/F#]water")
    for name in ("low.musicxml", "low.mid", "low.html", "low.json", "low.txt"):
        assert main(["convert", str(song), str(tmp_path / name), "--transpose", "2"]) == 0
        assert main(["convert", str(tmp_path / name), str(tmp_path / "again.cho")]) == 0
        again = (tmp_path / "again.cho").read_text()
        assert "[A]" in again
        assert "[E/G#]" in again
    assert main(["convert", str(song), str(tmp_path / "low.doc")]) == 2


def test_forms_measure_a_model_on_a_song_as_people_paste_it(
    with_tiny_models: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path / "cache"))
    asked = ["--data", str(genre_corpus), "--model", "bilstm-gru", "--limit", "6"]
    assert main(["forms", *asked, "--results", str(tmp_path)]) == 0

    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    shares = {metric: float(value) for model, metric, value, *_ in told if model == "bilstm-gru"}
    assert {f"agreement/{form}".replace(" ", "-") for form in FORMS if form != "whole"} <= {*shares}
    assert all(0 <= shares[metric] <= 1 for metric in shares if metric.startswith("agreement/"))
    kept, problems = read_records(tmp_path)
    assert {record.metric for record in kept} == set(shares)
    assert not problems

    assert main(["forms", *asked, "--model", "tfidf", "--results", str(tmp_path)]) == 2
    assert "tfidf" in capsys.readouterr().err
