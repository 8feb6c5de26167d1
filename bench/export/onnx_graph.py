"""A graph of ONNX, put together operation by operation."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import onnx

# Old enough to be run by what is in use, new enough for all that is needed.
OPSET, ML_OPSET, IR_VERSION = 17, 3, 8
ML = "ai.onnx.ml"


class Graph:
    """Operations on named arrays.

    Parameters
    ----------
    inputs : dict of str to bool
        Names of the columns, and whether each holds texts; other columns hold doubles.
    """

    def __init__(self, inputs: dict[str, bool]):
        self._inputs = inputs
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._n_names = 0

    def add(self, operation: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Add an operation with one result; gives the result's name."""
        from onnx import helper

        result = self._new_name()
        self._nodes.append(
            helper.make_node(operation, inputs, [result], domain=domain, **attributes)
        )
        return result

    def constant(self, values: Any, dtype: type = np.float64) -> str:
        """Add a constant; gives its name."""
        from onnx import numpy_helper

        name = self._new_name()
        self._constants.append(numpy_helper.from_array(np.asarray(values, dtype=dtype), name))
        return name

    def cast(self, name: str, dtype: type) -> str:
        """Turn an array into one of another type."""
        from onnx import helper

        return self.add("Cast", name, to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def sigmoid(self, log_odds: str) -> str:
        """Turn log odds into probabilities."""
        one = self.constant(1.0)
        return self.add(
            "Div", one, self.add("Add", one, self.add("Exp", self.add("Neg", log_odds)))
        )

    def log_odds(self, p: str, smallest: float) -> str:
        """Turn probabilities, kept away from 0 and 1, into log odds."""
        bounded = self.add(
            "Min", self.add("Max", p, self.constant(smallest)), self.constant(1 - smallest)
        )
        no = self.add("Sub", self.constant(1.0), bounded)
        return self.add("Log", self.add("Div", bounded, no))

    def model(self, results: dict[str, type], about: dict[str, str]) -> bytes:
        """Give the whole.

        Parameters
        ----------
        results : dict of str to type
            The names of arrays that are given out, and what they hold.
        about : dict of str to str
            What the model says of itself.
        """
        import onnx
        from onnx import helper

        texts = {name: onnx.TensorProto.STRING for name, is_text in self._inputs.items() if is_text}
        made = helper.make_graph(
            self._nodes,
            "intentbench",
            [
                helper.make_tensor_value_info(
                    name, texts.get(name, onnx.TensorProto.DOUBLE), ["n_cases", 1]
                )
                for name in self._inputs
            ],
            [
                helper.make_tensor_value_info(
                    name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), ["n_cases", 1]
                )
                for name, dtype in results.items()
            ],
            self._constants,
        )
        whole = helper.make_model(
            made,
            producer_name="intentbench",
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(ML, ML_OPSET)],
        )
        helper.set_model_props(whole, about)
        return whole.SerializeToString()

    def named(self, name: str, as_name: str) -> None:
        """Give a result out under a name of its own."""
        from onnx import helper

        self._nodes.append(helper.make_node("Identity", [name], [as_name]))

    def _new_name(self) -> str:
        self._n_names += 1
        name = f"/{self._n_names}"
        return name if name not in self._inputs else self._new_name()
