"""Makes the fixtures of ModelFilesTests with h5py, NumPy, safetensors and Keras.

Run from any folder: python make_fixtures.py
Needs: h5py numpy ml_dtypes safetensors, and keras with one backend.
"""

import io
import json
import os
import struct
import zipfile

import h5py
import ml_dtypes
import numpy as np
import safetensors.numpy

HERE = os.path.dirname(os.path.abspath(__file__))


def at(name):
    return os.path.join(HERE, name)


DTYPES = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]


def fill(f, track_order=False, many_chunks=False):
    """The contents that every variant of an HDF5 file holds."""
    for name in DTYPES:
        f.create_dataset("little_" + name, data=np.arange(6).reshape(2, 3).astype("<" + name))
        f.create_dataset("big_" + name, data=np.arange(6).reshape(2, 3).astype(">" + name))
    f["bool"] = np.array([True, False, True])
    bf16 = f.create_dataset("bfloat16", data=np.array([1, -2, 0.5], ml_dtypes.bfloat16))
    bf16.attrs["dtype"] = "bfloat16"
    f["scalar"] = np.float32(2.5)
    f["empty"] = np.zeros((0, 3), "f4")
    f["fixed_strings"] = np.array([b"ab", b"cde", b""])
    f["strings"] = ["alpha", "β", ""]
    f["string"] = "one"
    f["void"] = np.void(b"\x01\x02\x03")
    f["complex"] = np.array([1 + 2j])
    f.create_dataset("filled", shape=(4,), dtype="f4", fillvalue=1.5)
    values = np.arange(300, dtype="f4").reshape(20, 15)
    f.create_dataset("chunked", data=values, chunks=(8, 4))
    f.create_dataset("gzip", data=values, chunks=(8, 4), compression="gzip", shuffle=True)
    f.create_dataset("fletcher", data=values, chunks=(8, 4), fletcher32=True, compression="gzip")
    f.create_dataset("lzf", data=values, chunks=(8, 4), compression="lzf")
    sparse = f.create_dataset("sparse", shape=(20, 15), dtype="f4", chunks=(8, 4), fillvalue=-1)
    sparse[9, 9] = 7
    f.create_dataset("growing", data=values, chunks=(8, 4), maxshape=(None, 15))
    f.create_dataset("growing_columns", data=values, chunks=(8, 4), maxshape=(40, None), compression="gzip")
    f.create_dataset("growing_both", data=values, chunks=(3, 2), maxshape=(None, None))
    if many_chunks:
        # Enough for the super blocks of an extensible array, and for the pages of a fixed one.
        f.create_dataset("growing_far", data=np.arange(3000, dtype="i2"), chunks=(2,), maxshape=(None,))
        f.create_dataset("paged", data=np.arange(2500, dtype="i2"), chunks=(2,))
    f.create_dataset("single", data=values, chunks=(20, 15), compression="gzip")
    f["named_type"] = np.dtype("f4")
    f.create_dataset("of_named_type", data=np.arange(3, dtype="f4"), dtype=f["named_type"])
    a = f.attrs
    a["text"] = "Grüße"
    a["bytes"] = b"bytes"
    a["texts"] = ["a", "bc"]
    a["fixed"] = np.array([b"kernel", b"bias"])
    a["integer"] = 42
    a["floats"] = np.array([1.5, 2.5])
    a["none"] = h5py.Empty("f")
    a["nothing"] = []
    a["long_text"] = "x" * 5000
    many = f.create_group("many", track_order=track_order)
    for index in range(60):
        many.create_dataset(str(index), data=np.int32(index))
    attributes = f.create_group("attributes", track_order=track_order)
    for index in range(20):
        attributes.attrs[f"attribute_{index}"] = f"value {index}"
    attributes.attrs["large"] = np.arange(1500, dtype="i4")
    deep = f.create_group("a/b/c")
    deep["d"] = np.float64(4)


def hdf5():
    for name, options in {
        "earliest.h5": {},
        "tracked.h5": {"track_order": True},
        "latest.h5": {"libver": "latest"},
        "v108.h5": {"libver": ("v108", "v108")},
        "userblock.h5": {"userblock_size": 512},
    }.items():
        with h5py.File(at(name), "w", **options) as f:
            if name == "userblock.h5":
                f["data"] = np.arange(3, dtype="f4")
            else:
                fill(f, options.get("track_order", name == "latest.h5"), many_chunks=name == "latest.h5")
    with h5py.File(at("links.h5"), "w") as f:
        f["data"] = np.arange(3, dtype="f4")
        f["soft"] = h5py.SoftLink("/data")
        f["external"] = h5py.ExternalLink("other.h5", "/data")
        inner = f.create_group("group")
        inner["cycle"] = f
        inner["again"] = f["data"]
        f["soft_group"] = h5py.SoftLink("/group")
    with h5py.File(at("links_latest.h5"), "w", libver="latest") as f:
        f["data"] = np.arange(3, dtype="f4")
        f["soft"] = h5py.SoftLink("/data")
        f["external"] = h5py.ExternalLink("other.h5", "/data")
        layout = h5py.VirtualLayout(shape=(3,), dtype="f4")
        layout[:] = h5py.VirtualSource("other.h5", "data", shape=(3,))
        f.create_virtual_dataset("virtual", layout)
        f.create_dataset("external_data", shape=(3,), dtype="f4", external=[("/etc/passwd", 0, 12)])
    with h5py.File(at("bomb.h5"), "w") as f:
        f.create_dataset("shape", shape=(1 << 20, 1 << 20), dtype="f4", chunks=(16, 16))
        f.create_dataset("contiguous", shape=(1 << 20, 1 << 10), dtype="f4")
    with h5py.File(at("chunked_names.h5"), "w") as f:
        names = [f"layer_{index:05d}".encode() + b"x" * 10 for index in range(13)]
        for part, chunk in enumerate(np.array_split(np.asarray(names), 3)):
            f.attrs[f"layer_names{part}"] = chunk
        f.attrs["weight_names"] = np.array([b"kernel:0"])


def numpy_files():
    for name in DTYPES + ["?"]:
        label = "bool" if name == "?" else name
        np.save(at(f"{label}.npy"), np.arange(6).reshape(2, 3).astype("<" + name if name != "?" else "?"))
    np.save(at("big.npy"), np.arange(6, dtype=">f4").reshape(2, 3))
    np.save(at("fortran.npy"), np.asfortranarray(np.arange(24, dtype="f4").reshape(2, 3, 4)))
    np.save(at("scalar.npy"), np.float64(2.5))
    np.save(at("empty.npy"), np.zeros((0, 3), "f4"))
    np.save(at("object.npy"), np.array([{"a": 1}], dtype=object), allow_pickle=True)
    np.save(at("complex.npy"), np.array([1j]))
    np.save(at("structured.npy"), np.zeros(2, [("a", "f4"), ("b", "i4")]))
    np.save(at("strings.npy"), np.array(["alpha", "β"]))
    np.save(at("bytes.npy"), np.array([b"ab", b"cde"]))
    for version in [(2, 0), (3, 0)]:
        with open(at(f"version{version[0]}.npy"), "wb") as file:
            np.lib.format.write_array(file, np.arange(3, dtype="f4"), version=version)
    np.savez(at("arrays.npz"), x=np.arange(6, dtype="f4").reshape(2, 3), y=np.array([1, 2], "i8"))
    np.savez_compressed(at("compressed.npz"), x=np.zeros((100, 10), "f4"), y=np.arange(5, dtype="u1"))


def safetensors_files():
    safetensors.numpy.save_file(
        {
            "kernel": np.arange(6, dtype="f4").reshape(2, 3),
            "bias": np.arange(3, dtype="f2"),
            "steps": np.array(7, "i8"),
            "mask": np.array([True, False]),
            "scale": np.array([1, -2], ml_dtypes.bfloat16),
        },
        at("weights.safetensors"),
        metadata={"format": "np", "keras": "3"},
    )


def zip_files():
    with zipfile.ZipFile(at("deflated.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("text.txt", "swift keras " * 100)
        archive.writestr("folder/empty", "")
    with zipfile.ZipFile(at("zip64.zip"), "w") as archive:
        with archive.open("data", "w", force_zip64=True) as member:
            member.write(b"zip64 contents")

    class Pipe(io.RawIOBase):
        """A stream that cannot seek, for which members get data descriptors."""

        def __init__(self):
            self.data = bytearray()

        def writable(self):
            return True

        def write(self, piece):
            self.data += piece
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("streamed", "streamed contents")
    open(at("streamed.zip"), "wb").write(pipe.data)


def keras_files():
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(2)])
    # By name, Keras 3 cannot load the loss from its own .h5 file.
    model.compile(keras.optimizers.Adam(), keras.losses.MeanSquaredError())
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    model.save(at("model.keras"))
    model.save_weights(at("model.weights.h5"))
    model.save(at("legacy.h5"))
    expected = {path: value for path, value in _leaves(at("model.weights.h5"))}
    json.dump(expected, open(at("model.weights.json"), "w"))


def _leaves(path):
    found = []
    with h5py.File(path) as f:
        f.visititems(
            lambda name, item: found.append((name, np.asarray(item).ravel().tolist()))
            if isinstance(item, h5py.Dataset)
            else None
        )
    return found


if __name__ == "__main__":
    hdf5()
    numpy_files()
    safetensors_files()
    zip_files()
    keras_files()
