"""The MiniLM encoder as an OpenVINO graph, built operation by operation from the weights file.

No exported model and no converter stand between the published weights and the machine. This
module knows arrays of word-piece ids; of texts, tokenizers, batching and hashes it knows nothing.
The architecture is BERT's (Devlin et al. 2019) with 6 layers of 12 heads of 32, post-norm.
"""

from __future__ import annotations

import json
import mmap
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rag.adapters.lean import without

Floats = NDArray[np.float32]

DIMENSION = 384
_LAYERS, _HEADS, _EPSILON = 6, 12, 1e-12


class Encoder:
    """A compiled graph. Not thread-safe: one call of `run` at a time.

    Computes in bf16 where the processor has it natively (3 times as fast, cosine to float32
    above 0.9999), else in float32; `precision` forces one. `threads`: None for all cores.
    `shape`: the only (n, t) that it will be given; up to twice as fast then, because OpenVINO
    prepares anew whenever the shape changes.
    """

    def __init__(
        self,
        weights: ModelWeights,
        *,
        threads: int | None = None,
        precision: Literal["bf16", "f32"] | None = None,
        shape: tuple[int, int] | None = None,
    ) -> None:
        ov = import_openvino()
        core = ov.Core()
        if precision is None:
            # Left alone, OpenVINO would take f16 on ARM, which nobody here has measured.
            abilities = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
            precision = "bf16" if "BF16" in abilities else "f32"
        settings: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": precision,
            # Pinned threads wait for their core when something else runs on it.
            "ENABLE_CPU_PINNING": False,
        }
        if threads is not None:
            settings["INFERENCE_NUM_THREADS"] = threads
        # The graph shares the weights' memory, which therefore has to live as long.
        self._weights = weights
        model = build(ov, weights)
        if shape is not None:
            model.reshape({"ids": list(shape), "mask": list(shape)})
        compiled = core.compile_model(model, "CPU", settings)
        weights.release()
        self._request = compiled.create_infer_request()
        # Of a fixed shape, the request has memory of its own: writing there is quicker than
        # having each array looked at and wrapped.
        self._own = [self._request.get_input_tensor(i).data for i in (0, 1)] if shape else None

    def run(self, ids: NDArray[np.int32], mask: Floats) -> tuple[Floats, Floats]:
        """Encode a padded batch: ids (n, t), mask (n, t) 1 for a word piece and 0 for padding.

        Gives embeddings (n, 384), the mean over the word pieces, and states (n, t, 384), both
        of unit length. They are views that the next call overwrites: copy what is kept.
        """
        if self._own is None:
            self._request.infer([ids, mask], share_inputs=True, share_outputs=True)
        else:
            self._own[0][:], self._own[1][:] = ids, mask
            self._request.infer(share_outputs=True)
        embeddings: Floats = self._request.get_output_tensor(0).data
        states: Floats = self._request.get_output_tensor(1).data
        return embeddings, states


def import_openvino() -> Any:
    """OpenVINO without its model converter.

    The converter's import sends an event to Google Analytics (package openvino-telemetry, opt
    out, from a forked process) and writes to ~/intel. `import openvino` pulls it in but does
    without when it is missing, so it is made to be missing; that also saves half the time.
    """
    if "openvino" not in sys.modules:
        kept_out: dict[str, Any] = sys.modules
        kept_out.setdefault("openvino_telemetry", None)  # for good
    with without("openvino.tools.ovc"):
        import openvino
    return openvino


class ModelWeights(dict[str, Floats]):
    """The float32 arrays of a safetensors file by name, mapped into memory rather than read."""

    mapped: mmap.mmap

    def release(self) -> None:
        """Let go of the memory that reading the arrays took; it is read anew where it is needed.

        A compiled graph has its own copy in another layout, and these are another 90 MB.
        """
        if hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
            self.mapped.madvise(mmap.MADV_DONTNEED)


def read_weights(path: Path) -> ModelWeights:
    """The float32 arrays of a safetensors file by name, mapped into memory rather than read.

    The format: 8 bytes with the header's length, a JSON header, the data. The caller has
    checked the file's hash, so its header is trusted.
    """
    with path.open("rb") as file:
        # Copy on write: OpenVINO takes no read-only memory. It writes none of it, either.
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    raw = np.frombuffer(mapped, np.uint8)
    start = 8 + int(raw[:8].view("<u8")[0])
    header: dict[str, Any] = json.loads(bytes(raw[8:start]))
    arrays = ModelWeights()
    arrays.mapped = mapped
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            begin, end = (start + offset for offset in entry["data_offsets"])
            arrays[name] = raw[begin:end].view("<f4").reshape(entry["shape"])
    return arrays


def build(ov: Any, weights: Mapping[str, Floats]) -> Any:
    """The graph: (ids int32 (n, t), mask float32 (n, t)) → (embeddings, states) as in `run`."""
    op = ov.opset13

    def ints(*values: int) -> Any:
        return op.constant(np.array(values, np.int64))

    def weight(name: str) -> Any:
        return op.constant(weights[name], shared_memory=True)

    def linear(x: Any, name: str) -> Any:
        product = op.matmul(x, weight(f"{name}.weight"), False, True)
        return op.add(product, weight(f"{name}.bias"))

    def layer_norm(x: Any, name: str) -> Any:
        scaled = op.mvn(x, ints(-1), True, _EPSILON, "inside_sqrt")
        return op.add(op.multiply(scaled, weight(f"{name}.weight")), weight(f"{name}.bias"))

    ids = op.parameter([-1, -1], np.int32, name="ids")
    mask = op.parameter([-1, -1], np.float32, name="mask")

    # Every text is one segment, so the segment table has one row of use: it joins the positions.
    places = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    length = op.gather(op.shape_of(ids), ints(1), ints(0))
    places = op.slice(op.constant(places), ints(0), length, ints(1), ints(0))
    words = op.gather(weight("embeddings.word_embeddings.weight"), ids, op.constant(np.int64(0)))
    x = layer_norm(op.add(words, places), "embeddings.LayerNorm")

    # Padding gets a score so low that softmax makes it 0, yet finite in every precision.
    padded = op.subtract(mask, op.constant(np.float32(1)))
    penalty = op.multiply(padded, op.constant(np.float32(3e4)))
    penalty = op.unsqueeze(penalty, ints(1, 2))
    split, swap = ints(0, 0, _HEADS, DIMENSION // _HEADS), ints(0, 2, 1, 3)

    for number in range(_LAYERS):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            op.transpose(op.reshape(linear(x, f"{layer}.attention.self.{part}"), split, True), swap)
            for part in ("query", "key", "value")
        )
        mixed = op.scaled_dot_product_attention(query, key, value, penalty)
        mixed = op.reshape(op.transpose(mixed, swap), ints(0, 0, DIMENSION), True)
        attended = op.add(x, linear(mixed, f"{layer}.attention.output.dense"))
        x = layer_norm(attended, f"{layer}.attention.output.LayerNorm")
        wide = op.gelu(linear(x, f"{layer}.intermediate.dense"), "erf")
        widened = op.add(x, linear(wide, f"{layer}.output.dense"))
        x = layer_norm(widened, f"{layer}.output.LayerNorm")

    # Unit length makes the sum as good as the mean.
    total = op.reduce_sum(op.multiply(x, op.unsqueeze(mask, ints(2))), ints(1), False)
    outputs = [
        op.normalize_l2(total, ints(1), _EPSILON, "max"),
        op.normalize_l2(x, ints(2), _EPSILON, "max"),
    ]
    return ov.Model(outputs, [ids, mask], "MiniLM")
