#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the NumPy and HDF5 files that the reader tests read: python3 make_arrays.py, in this folder, with numpy and h5py."""
import h5py
import numpy as np

x = np.arange(24, dtype="float64").reshape(4, 3, 2) - 5
y = np.array([2, 0, 1, 2])
for code in ["<f2", "<f4", "<f8", ">f4", ">f8", "<i2", "<i4", "<i8", ">i2", ">i8", "i1"]:
    np.save(f"x_{code.replace('<', 'le_').replace('>', 'be_')}.npy", x.astype(code))
for code in ["u1", "<u2", "<u4", "<u8"]:
    np.save(f"x_{code.replace('<', 'le_')}.npy", (x + 5).astype(code))
np.save("x_fortran.npy", np.asfortranarray(x.astype("float32")))
np.save("x_bool.npy", x > 3)
np.save("y.npy", y)
np.save("half_specials.npy", np.array([[0, -0.0, 2 ** -24, 2 ** -14, 1.5, 65504, -1, 1 / 3]], "float16"))
np.save("objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
np.save("words.npy", np.array(["a", "b"]))
np.save("complex.npy", np.array([1j]))
np.save("records.npy", np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]))
with open("version2.npy", "wb") as out:
    np.lib.format.write_array(out, x.astype("float32"), version=(2, 0))
np.savez("stored.npz", x=x.astype("float32"), y=y, x_test=x[:2].astype("float32"), y_test=y[:2])
np.savez_compressed("packed.npz", x=x.astype("float32"), y=y, objects=np.array([None]))
with h5py.File("arrays.h5", "w") as out:
    out["x"] = x.astype("float32")
    out["y"] = y
    out["test/x"] = x[:2].astype("float32")
    out["test/y"] = y[:2]
    out.create_dataset("pixels", data=(x + 5).astype("uint8"), chunks=(2, 3, 2), compression="gzip")
    out["words"] = np.array([b"a", b"b"])
with h5py.File("types.h5", "w") as out:  # element types and links
    out["x"] = np.arange(8, dtype="float32").reshape(4, 2) / 10
    out["x_half"], out["x_bool"], out["x_empty"] = out["x"][()].astype("float16"), out["x"][()] > 0.65, h5py.Empty("f4")
    labels = np.array([0, 1, 1, 0])
    out["y_bool"], out["y_u64"], out["y_be"] = labels.astype(bool), labels.astype("u8"), labels.astype(">i8")
    out["y_huge"] = labels.astype("u8") * np.uint64(2**64 - 1)
    out["y_enum"] = labels.astype(h5py.enum_dtype({"cat": 0, "dog": 1}, basetype="i4"))
    out["y_text"] = np.array([b"cat", b"dog", b"dog", b"cat"])
    out["y_names"] = ["cat", "dog", "dog", "cat"]
    out["links/y"] = h5py.SoftLink("/y_be")
    out["outside"] = h5py.ExternalLink("other.h5", "/x")
with h5py.File("blocks.h5", "w") as out:  # larger than the least memory of the data set, yet small on disk
    rows = np.arange(5000)
    wide = np.repeat(rows[:, None], 64, axis=1)
    out.create_dataset("x", data=wide.astype("float32"), chunks=(96, 64), compression="gzip", compression_opts=9)
    out.create_dataset("narrow", data=(wide % 250).astype("uint8"), chunks=(700, 16), compression="gzip", compression_opts=9)
    out.create_dataset("ids", data=np.where(wide == 4321, 2**40, wide), chunks=(96, 64), compression="gzip", compression_opts=9)
    out.create_dataset("y", data=rows % 7, chunks=(5000,), compression="gzip", compression_opts=9)
with h5py.File("chunks.h5", "w") as out:  # chunks of which the least memory does not hold two
    for name, count, chunk in (("half", 5000, 2500), ("quarter", 20000, 5000)):
        out.create_dataset(f"{name}/x", data=np.zeros((count, 64), "float32"), chunks=(chunk, 64), compression="gzip", compression_opts=9)
        out[f"{name}/x"][-1] = 1
        out.create_dataset(f"{name}/y", data=np.zeros(count, "uint8"), chunks=(count,), compression="gzip", compression_opts=9)
with h5py.File("damaged_block.h5", "w") as out:  # larger than the memory that is given by default, of one block on disk
    rows = out.create_dataset("x", shape=(80_000_000, 4), dtype="float32", chunks=(10_000, 4), compression="gzip", compression_opts=9)
    rows[0] = 1
    block = rows.id.get_chunk_info(0)
with open("damaged_block.h5", "r+b") as out:
    out.seek(block.byte_offset)
    out.write(bytes(block.size))
