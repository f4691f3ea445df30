"""What a checkpoint of flowbook says, for the peers: its Config as a list of layers, and its weights as NumPy arrays.

A layer is a tuple: ("scale", factor), ("logit", alpha), ("coupling", path, mask, feature), ("norm", path), ("squeeze",)
or ("factor_out",). mask is [height, width, channels] or [features]; feature is the one that a 2D net sees, or None.
"""
import json

import numpy as np
from safetensors import safe_open


def read(path):
    """Gives (config, weights): a dict of the fields, and {variable path within the flow: array}."""
    with safe_open(path, "numpy") as file:
        config = json.loads(file.metadata()["flowbook"])["config"]
        weights = {k.removeprefix("flow/"): file.get_tensor(k) for k in file.keys() if k.startswith("flow/")}
    return config, weights


def checkerboard(h, w, c, k):
    y, x = np.mgrid[:h, :w]
    return np.repeat((((y + x) % 2 == 0) == (k % 2 == 0)).astype(np.float32)[..., None], c, -1)


def channel_mask(h, w, c, k):
    return np.broadcast_to((np.arange(c) < c // 2) == (k % 2 == 0), (h, w, c)).astype(np.float32)


def layers(config):
    """The layers of a Config, first to last. A factor-out's rest follows it."""
    if config.get("features"):
        n = config["features"]
        masks = [((np.arange(n) % 2 == 0) == (k % 2 == 0)).astype(np.float32) for k in range(2)]
        return [("coupling", f"coupling{i}", masks[i % 2], i % 2 if config.get("one_feature_nets") else None)
                for i in range(config["couplings"])]
    out = []
    match config.get("preprocess"):
        case "scale255": out.append(("scale", 255.0))
        case "scale256": out.append(("scale", 256.0))
        case "logit": out.append(("logit", config["logit_alpha"]))
    h, w, c = config["height"], config["width"], config["channels"]
    prefix = ""

    def couple(name, mask):
        out.append(("coupling", prefix + name, mask, None))
        if config.get("coupling_norm") == "running":
            out.append(("norm", f"{prefix}{name}_norm"))

    for _ in range(config.get("scales", 0)):
        for k in range(config["checkerboard_couplings"]):
            couple(f"checkerboard{k}", checkerboard(h, w, c, k))
        h, w, c = h // 2, w // 2, 4 * c
        out.append(("squeeze",))
        for k in range(config["channel_couplings"]):
            couple(f"channel{k}", channel_mask(h, w, c, k))
        out.append(("factor_out",))
        c //= 2
        prefix += "factor_out/rest/"
    for k in range(config["final_couplings"]):
        couple(f"final_checkerboard{k}", checkerboard(h, w, c, k))
    return out


def latent_shapes(config):
    """The shapes [h, w, c] of the parts of an image's latent, in order; what is left comes last."""
    h, w, c = config["height"], config["width"], config["channels"]
    parts = []
    for _ in range(config.get("scales", 0)):
        h, w, c = h // 2, w // 2, 2 * c
        parts.append((h, w, c))
    return parts + [(h, w, c)]
