"""Static embeddings of a folder: read as model2vec writes them, refused where they are broken."""

import json

import numpy as np
import pyarrow as pa
import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets._table.read_again import TableReading, Unread
from intentbench.datasets._table.static_embeddings import static_embeddings
from intentbench.datasets.table_file import TableFile

WORDS = ("[UNK]", "blue", "shirt", "late", "鞋")
VECTORS = np.array([[9, 9, 9], [1, 0, 0], [0, 1, 0], [0, 0, 2], [1, 1, 0]], dtype=np.float16)


def write(folder, tensors=None, words=WORDS, config=None):
    tokenizers = pytest.importorskip("tokenizers", reason="the extra 'text' is not installed")
    safetensors = pytest.importorskip(
        "safetensors.numpy", reason="the extra 'text' is not installed"
    )
    folder.mkdir(exist_ok=True)
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    safetensors.save_file(tensors or {"embeddings": VECTORS}, folder / "model.safetensors")
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "vectors", config={"normalize": False})


def of(folder, *texts):
    return static_embeddings(str(folder)).of(pa.chunked_array([list(texts)], pa.large_string()))


def test_a_text_is_the_mean_of_its_known_tokens(folder):
    made = of(folder, "blue shirt", "late unheard", "unheard", None, "", "鞋")
    assert made.dtype.width == 3
    assert made.isna().tolist() == [False, False, True, True, True, False]
    assert np.array_equal(made.vectors[[0, 1, 5]], [[0.5, 0.5, 0], [0, 0, 2], [1, 1, 0]])


def test_vectors_have_the_length_1_unless_the_file_says_otherwise(tmp_path):
    made = of(write(tmp_path / "plain"), "late")
    assert np.allclose(made.vectors, [[0, 0, 1]])


def test_weights_and_a_mapping_of_tokens_are_read(tmp_path):
    tensors = {
        "embeddings": VECTORS[:3].astype(np.float32),
        "mapping": np.array([0, 1, 2, 1, 1]),
        "weights": np.array([1, 1, 1, 3, 1], dtype=np.float64),
    }
    where = write(tmp_path / "mapped", tensors, config={"normalize": False})
    assert np.array_equal(of(where, "late", "鞋").vectors, [[3, 0, 0], [1, 0, 0]])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "model.safetensors").unlink(), "has no file model.safetensors"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "has no file tokenizer.json"),
        (lambda folder: cut(folder / "model.safetensors", 40), "no whole safetensors file"),
        (lambda folder: cut(folder / "model.safetensors", 4), "no whole safetensors file"),
        (lambda folder: cut(folder / "tokenizer.json", 60), "cannot be read"),
        (lambda folder: write(folder, {"other": VECTORS}), "no tensor 'embeddings'"),
        (lambda folder: write(folder, {"embeddings": VECTORS[0]}), "no tensor 'embeddings'"),
        (lambda folder: write(folder, {"embeddings": VECTORS[:3]}), "of different models"),
        (lambda folder: write(folder, {"embeddings": VECTORS / np.float16(0)}), "without bounds"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_is_broken_is_refused(folder, spoil, said):
    spoil(folder)
    with pytest.raises(DataError, match=said):
        static_embeddings(str(folder))


def cut(path, n_bytes):
    path.write_bytes(path.read_bytes()[:-n_bytes])


def test_a_table_is_read_by_them_and_so_are_new_rows(folder, tmp_path):
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(["blue", "shirt", "late"], 4)) for _ in range(60)]
    lines = [f"{row % 7},{text},{row % 2}" for row, text in enumerate(texts)]
    path = tmp_path / "visits.csv"
    path.write_text("\n".join(["pages,review,bought", *lines]), encoding="utf-8")
    asked = {"path": str(path), "target": "bought", "embeddings": str(folder)}
    task = TableFile(text=["review"], **asked).read({})
    assert str(task.cases.features["review"].dtype) == "vector[3]"
    assert any("SHA-256" in caveat and "'review'" in caveat for caveat in task.card.caveats)
    reading = TableReading.from_json(json.loads(json.dumps(task.reading)))
    new = pa.table({"pages": ["1", "2"], "review": ["late blue", ""]})
    again = reading.features(new, 1, "new.csv", Unread())["review"].array
    assert np.array_equal(again.vectors[0], [0.5, 0, 1]) and again.isna().tolist() == [False, True]
    before = task.fingerprint()
    write(folder, {"embeddings": VECTORS * np.float16(2)})
    assert TableFile(text=["review"], **asked).read({}).fingerprint() != before
    with pytest.raises(DataError, match="not hold the files"):
        reading.features(new, 1, "new.csv", Unread())
    with pytest.raises(DataError, match="--text"):
        TableFile(**asked).read({})
