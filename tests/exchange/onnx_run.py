# SPDX-License-Identifier: Apache-2.0
"""Models of ONNX as others see them: checked by the package onnx, and run by ONNX Runtime and by the reference implementation of ONNX."""
import numpy as np
import onnx
import onnx.reference
import onnxruntime


class OnnxRun:
    def __init__(self, path):
        """path: a file, or a model in memory."""
        self.model = path if isinstance(path, onnx.ModelProto) else onnx.load(path)
        onnx.checker.check_model(self.model, full_check=True)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(self.model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        self.inputs, self.outputs = self.session.get_inputs(), self.session.get_outputs()

    def given(self, arrays):
        """Arrays in the order of the inputs; whole numbers in the type that an input has."""
        kinds = {"tensor(float)": "float32", "tensor(int32)": "int32", "tensor(int64)": "int64"}
        return {port.name: array.astype(kinds[port.type]) for port, array in zip(self.inputs, arrays, strict=True)}

    def run(self, arrays):
        return self.session.run(None, self.given(arrays))

    def by_reference(self, arrays):
        return onnx.reference.ReferenceEvaluator(self.model).run(None, self.given(arrays))

    def operators(self):
        return [node.op_type for node in self.model.graph.node]

    def open_lengths(self):
        """For each input whether the length of its sequences is open."""
        return [len(port.shape) > 1 and isinstance(port.shape[1], str) for port in self.inputs]

    def nudged(self):
        """The same model with each weight moved by one unit in the last place."""
        moved, rng = onnx.ModelProto(), np.random.default_rng(0)
        moved.CopyFrom(self.model)
        for constant in moved.graph.initializer:
            if constant.data_type == onnx.TensorProto.FLOAT and "/constant" not in constant.name:
                array = onnx.numpy_helper.to_array(constant)
                constant.raw_data = np.nextafter(array, rng.choice([-np.inf, np.inf], array.shape).astype(np.float32)).tobytes()
        return OnnxRun(moved)
