# SPDX-License-Identifier: Apache-2.0
"""Models of ONNX as others see them: checked by the package onnx, and run by ONNX Runtime."""
import onnx
import onnxruntime


class OnnxRun:
    def __init__(self, path):
        self.model = onnx.load(path)
        onnx.checker.check_model(self.model, full_check=True)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.inputs, self.outputs = self.session.get_inputs(), self.session.get_outputs()

    def run(self, arrays):
        """Arrays in the order of the inputs; whole numbers in the type that an input has."""
        kinds = {"tensor(float)": "float32", "tensor(int32)": "int32", "tensor(int64)": "int64"}
        given = {port.name: array.astype(kinds[port.type]) for port, array in zip(self.inputs, arrays, strict=True)}
        return self.session.run(None, given)

    def operators(self):
        return [node.op_type for node in self.model.graph.node]

    def open_lengths(self):
        """For each input whether the length of its sequences is open."""
        return [len(port.shape) > 1 and isinstance(port.shape[1], str) for port in self.inputs]
