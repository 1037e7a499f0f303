"""Opens the files that InteroperabilityTests wrote with the real libraries.

Usage: KERAS_WRITTEN_FILES=FOLDER swift test --filter InteroperabilityTests && python check_written.py FOLDER
"""

import os
import shutil
import sys
import zipfile

import h5py
import ml_dtypes  # noqa: F401, which gives NumPy the type bfloat16
import numpy as np
import safetensors.numpy

FOLDER = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__))


def at(name):
    return os.path.join(FOLDER, name)


def check_hdf5():
    with h5py.File(at("sample.h5")) as f:
        a = f.attrs
        assert a["text"] == "Grüße" and a["empty_text"] == ""
        assert a["config"] == '{"long": true}' * 20000
        assert [n.decode() for n in a["names"]] == ["kernel:0", "bias:0", "é"]
        assert len(a["no_names"]) == 0 and a["integer"] == 42 and a["floats"].tolist() == [1.5, 2.5]
        assert isinstance(a["nothing"], h5py.Empty)
        names = []
        part = 0
        while f"layer_names{part}" in a:
            names += [n.decode() for n in a[f"layer_names{part}"]]
            part += 1
        assert names == [f"layer_with_a_long_name_{i}" for i in range(3000)]
        types = f["types"]
        for name, dataset in types.items():
            if name in ("scalar", "empty"):
                continue
            assert dataset.shape == (2, 3), name
            if name == "bfloat16":
                assert dataset.dtype == np.dtype("V2") and dataset.attrs["dtype"] == "bfloat16"
            else:
                assert dataset.dtype == np.dtype(name), (name, dataset.dtype)
                assert dataset[()].tobytes() == b"\1" * dataset.nbytes
        assert types["scalar"][()] == 2.5 and types["empty"].shape == (0, 3)
        many = f["many"]
        assert len(many) == 2000
        for i in range(2000):
            assert many[str(i)][0] == i and many[str(i)].attrs["index"] == i
        assert (f["a/b/c/d"][()] == 3).all() and f["a/b/c/d"].shape == (10, 100)
        assert list(f["void"]) == []
    # A file must also stay writable.
    shutil.copy(at("sample.h5"), at("changed.h5"))
    with h5py.File(at("changed.h5"), "a") as f:
        f["many/new"] = np.arange(3)
        f["void/new"] = 1
        f.attrs["new"] = "x" * 100
        del f["many/7"]
    with h5py.File(at("changed.h5")) as f:
        assert len(f["many"]) == 2000 and f["many/new"][2] == 2


def check_arrays():
    with np.load(at("arrays.npz")) as arrays:
        assert len(arrays.files) == 14
        for name in arrays.files:
            if name in ("scalar", "empty"):
                continue
            assert arrays[name].dtype == np.dtype(name) and arrays[name].shape == (2, 3)
            assert arrays[name].tobytes() == b"\1" * arrays[name].nbytes
        assert arrays["scalar"] == 2.5 and arrays["empty"].shape == (0, 3)
    with zipfile.ZipFile(at("arrays.npz")) as archive:
        assert archive.testzip() is None
    tensors = safetensors.numpy.load_file(at("arrays.safetensors"))
    assert len(tensors) == 13
    for name, tensor in tensors.items():
        assert tensor.dtype.name == name and tensor.shape == (2, 3)
        assert tensor.tobytes() == b"\1" * tensor.nbytes
    table = np.loadtxt(at("table.csv"), delimiter=",", skiprows=1, dtype="f4")
    np.testing.assert_array_equal(table, np.array([[0.1, -2], [3e-20, 4]], "f4"))


def check_keras():
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    x = np.linspace(-1, 1, 12, dtype="f4").reshape(4, 3)
    for name in ["model.keras", "legacy.h5"]:
        expected = keras.models.load_model(os.path.join(HERE, name))
        written = keras.models.load_model(at(name))
        np.testing.assert_array_equal(written.predict(x, verbose=0), expected.predict(x, verbose=0))
        for mine, theirs in zip(written.optimizer.variables, expected.optimizer.variables, strict=True):
            np.testing.assert_array_equal(mine, theirs)


if __name__ == "__main__":
    check_hdf5()
    check_arrays()
    check_keras()
    print("all files are as they should be")
