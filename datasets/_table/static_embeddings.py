"""Static embeddings of a file that the user names: a vector for each token, averaged over a text.

The layout is that of model2vec: a folder with ``model.safetensors`` (the tensor ``embeddings``, one
row a token, and perhaps ``weights`` and ``mapping``), ``tokenizer.json`` and perhaps
``config.json``.  Nothing is learnt, and nothing is fetched.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ...bench.content_columns import VectorArray
from ...bench.errors import DataError

_TENSORS, _TOKENIZER, _CONFIG = "model.safetensors", "tokenizer.json", "config.json"
_MOST_TOKENS = 512  # of a text, as model2vec reads it


@dataclass(frozen=True, eq=False)
class StaticEmbeddings:
    """Vectors of tokens, and what parts a text into tokens.

    Parameters
    ----------
    folder : str
    sha256 : str
        Of its files.
    vectors : ndarray, shape (n_tokens, width)
        Weighted.
    tokenizer : tokenizers.Tokenizer
    unknown : int
        The token that stands for what no token is known for, or -1.
    has_unit_length : bool
        Whether vectors of texts have the length 1.
    """

    folder: str
    sha256: str
    vectors: np.ndarray
    tokenizer: Any
    unknown: int
    has_unit_length: bool

    def of(self, texts: pa.ChunkedArray) -> VectorArray:
        """Give the mean vector of each text's tokens; none of a text without a known one."""
        made = np.full((len(texts), self.vectors.shape[1]), np.nan, dtype=np.float32)
        for row, text in enumerate(texts.to_pylist()):
            # One by one: threads that read texts would not outlive a fork.
            ids = [] if text is None else self.tokenizer.encode(text, add_special_tokens=False).ids
            known = [token for token in ids[:_MOST_TOKENS] if token != self.unknown]
            if known:
                mean = self.vectors[known].mean(axis=0, dtype=np.float64)
                if self.has_unit_length:
                    mean /= np.linalg.norm(mean) + 1e-32
                made[row] = mean
        return VectorArray(made)


def static_embeddings(folder: str, sha256: str = "") -> StaticEmbeddings:
    """Read a folder in the layout of model2vec.

    Parameters
    ----------
    folder : str
        Or its ``model.safetensors``.
    sha256 : str
        What the files must hold; empty for anything.

    Raises
    ------
    DataError
        If a library is not installed, or a file is missing, damaged, or does not go with the
        others.
    """
    where = Path(folder).expanduser()
    where = where.parent if where.name == _TENSORS else where
    missing = [name for name in ("tokenizers", "safetensors") if find_spec(name) is None]
    if missing:
        raise DataError(
            f"embeddings {folder} need {' and '.join(missing)}, which is not installed.  Install "
            "it: pip install 'intentbench[text]'"
        )
    for name in (_TENSORS, _TOKENIZER):
        if not (where / name).is_file():
            raise DataError(
                f"embeddings: {where} has no file {name}.  Name a folder in the layout of "
                f"model2vec, which holds {_TENSORS} and {_TOKENIZER}."
            )
    files = [where / name for name in (_TENSORS, _TOKENIZER, _CONFIG) if (where / name).is_file()]
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    if sha256 and digest.hexdigest() != sha256:
        raise DataError(
            f"embeddings: {where} does not hold the files that the model was fitted with.\n"
            f"  expected SHA-256 {sha256}\n  found {digest.hexdigest()}\n"
            "Bring back the former files, or train anew."
        )
    return _read(where, digest.hexdigest())


@lru_cache(maxsize=2)
def _read(where: Path, sha256: str) -> StaticEmbeddings:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    try:
        tensors = load_file(where / _TENSORS)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"embeddings: {where / _TENSORS} is no whole safetensors file ({error}).  It is cut "
            "off, damaged or something else; bring it again."
        ) from error
    vectors = tensors.get("embeddings", tensors.get("embedding.weight"))
    if vectors is None or vectors.ndim != 2 or not vectors.size or vectors.dtype.kind not in "fi":
        found = ", ".join(f"{name} {tensor.shape}" for name, tensor in sorted(tensors.items())[:5])
        raise DataError(
            f"embeddings: {where / _TENSORS} has no tensor 'embeddings' of a row a token; it has "
            f"{found or 'none'}."
        )
    vectors = vectors.astype(np.float32)
    if not np.isfinite(vectors).all():
        raise DataError(f"embeddings: {where / _TENSORS} has numbers missing or without bounds.")
    try:
        tokenizer = Tokenizer.from_file(str(where / _TOKENIZER))
        about = json.loads((where / _TOKENIZER).read_text(encoding="utf-8"))["model"]
        config = where / _CONFIG
        said = json.loads(config.read_text(encoding="utf-8")) if config.is_file() else {}
    # The library raises Exception itself where it cannot read what it is given.
    except Exception as error:
        raise DataError(
            f"embeddings: {_TOKENIZER} or {_CONFIG} in {where} cannot be read ({error}).  Bring "
            "them again."
        ) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    n_tokens = tokenizer.get_vocab_size()
    rows = tensors.get("mapping", np.arange(len(vectors)))
    weights = tensors.get("weights", np.ones(len(rows)))
    fits = rows.ndim == weights.ndim == 1 and len(rows) == len(weights) and rows.dtype.kind in "iu"
    if not fits or len(rows) < n_tokens or rows.min() < 0 or rows.max() >= len(vectors):
        raise DataError(
            f"embeddings: {where / _TENSORS} has vectors of {len(rows):,} tokens, and "
            f"{_TOKENIZER} knows {n_tokens:,}.  They are of different models; bring those that "
            "belong together."
        )
    unknown = about.get("unk_id")
    if unknown is None and isinstance(about.get("unk_token"), str):
        unknown = tokenizer.token_to_id(about["unk_token"])
    return StaticEmbeddings(
        str(where),
        sha256,
        vectors[rows] * weights[:, None].astype(np.float32),
        tokenizer,
        -1 if unknown is None else int(unknown),
        bool(said.get("normalize", True)),
    )
