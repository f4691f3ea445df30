"""What a checkpoint of flowbook says, for the peers: its flow as a list of layers, and its weights as NumPy arrays.

A layer is a tuple: ("scale", factor), ("logit", alpha), ("coupling", path, mask, feature), ("norm", path), ("squeeze",)
or ("factor_out",). mask is [height, width, channels] or [features]; feature is the one that a 2D net sees, or None.
"""
import json

import numpy as np
from safetensors import safe_open


def read(path):
    """Gives (built, weights): the shape of samples and the flow as JSON has them, and {variable path within the flow: array}."""
    with safe_open(path, "numpy") as file:
        built = json.loads(file.metadata()["flowbook"])["built"]
        weights = {k.removeprefix("flow/"): file.get_tensor(k) for k in file.keys() if k.startswith("flow/")}
    return built, weights


def mask(m):
    dims, first = m["dims"], m.get("one_first", False)
    match m["pattern"]:
        case "alternating":
            ones = np.arange(dims[0]) % 2 == 0
        case "checkerboard":
            y, x = np.mgrid[:dims[0], :dims[1]]
            ones = np.broadcast_to(((y + x) % 2 == 0)[..., None], dims)
        case "channels":
            ones = np.broadcast_to(np.arange(dims[2]) < dims[2] // 2, dims)
    return np.array(ones == first, np.float32)


def layers(built):
    """The layers of the flow, first to last. A factor-out's rest follows it."""
    return list(walk(built["Flow"], ""))


def walk(b, path):
    match b["type"]:
        case "bijector.Chain":
            for layer in b["value"]:
                yield from walk(layer["Bijector"], f"{path}/{layer['Name']}".lstrip("/"))
        case "bijector.Scale":
            yield "scale", float(b["By"])
        case "bijector.Logit":
            yield "logit", b["Alpha"]
        case "bijector.Coupling":
            net = b["Net"]["S"]
            yield "coupling", path, mask(b["Mask"]), net.get("Feature", 0) if net["type"] == "net.OneFeature" else None
        case "bijector.BatchNorm":
            yield "norm", path
        case "bijector.Squeeze2x2":
            yield ("squeeze",)
        case "bijector.FactorOut":
            yield ("factor_out",)
            yield from walk(b["Rest"], f"{path}/rest")
        case "bijector.Flatten":
            pass
        case other:
            raise SystemExit(f"{path} is a {other}, which the peers do not have")


def latent_shapes(built):
    """The shapes [h, w, c] of the parts of an image's latent, in order; what is left comes last."""
    h, w, c = built["Settings"]["Sample"]
    parts = []
    for layer in layers(built):
        if layer[0] == "squeeze":
            h, w, c = h // 2, w // 2, 4 * c
        elif layer[0] == "factor_out":
            c //= 2
            parts.append((h, w, c))
    return parts + [(h, w, c)]
