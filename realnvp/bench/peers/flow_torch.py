"""The flow in eager PyTorch, as a PyTorch user would write it: NCHW, its own fused instance norm, weight norm and Adam."""
import math

import numpy as np
import torch
import torch.nn.functional as F

import flow

MOMENTUM, EPSILON = 0.005, 1e-5


def conv_norm(weights, path, x):
    kernel = torch._weight_norm(weights[f"{path}/v"], weights[f"{path}/g"], 0)
    return F.instance_norm(F.conv2d(x, kernel, padding=1), eps=EPSILON)


def resnet(weights, path, x):
    x = conv_norm(weights, f"{path}/conv_in", x)
    i = 0
    while f"{path}/block{i}/conv0/v" in weights:
        y = F.relu(conv_norm(weights, f"{path}/block{i}/conv0", x))
        x = F.relu(x + conv_norm(weights, f"{path}/block{i}/conv1", y))
        i += 1
    return conv_norm(weights, f"{path}/conv_out", x)


def mlp(weights, path, x):
    i = 0
    while f"{path}/layer{i}/w" in weights:
        if i:
            x = F.relu(x)
        x = torch.addmm(weights[f"{path}/layer{i}/b"], x, weights[f"{path}/layer{i}/w"])
        i += 1
    return x


def scale_translate(weights, layer, x):
    _, path, mask, feature = layer
    kept, free = x * mask, 1 - mask
    if feature is not None:  # the author's 2D form
        kept = kept[:, feature:feature + 1]
        s = weights[f"{path}/s_scale"] * torch.tanh(mlp(weights, f"{path}/s", kept))
        return free * s, free * torch.tanh(mlp(weights, f"{path}/t", kept))
    net = mlp if mask.ndim == 1 else resnet
    s = free * weights[f"{path}/s_scale"] * torch.tanh(net(weights, f"{path}/s", kept))
    t = free * (weights[f"{path}/t_scale"] * net(weights, f"{path}/t", kept) + weights[f"{path}/t_shift"])
    return s, t


def squeeze(x):
    return F.pixel_unshuffle(x, 2)


def base(z):
    return -0.5 * (z * z).flatten(1).sum(1) - 0.5 * z[0].numel() * math.log(2 * math.pi)


def log_prob(layers, weights, moments, x):
    """x [n, ...] → log p [n] in nats, as in training: the running moments move."""
    log_det, log_base = torch.zeros(x.shape[0]), 0.0
    for layer in layers:
        match layer[0]:
            case "scale":
                x, log_det = x / layer[1], log_det - x[0].numel() * math.log(layer[1])
            case "logit":
                slope = (1 - 2 * layer[1]) / 256
                p = layer[1] + slope * x
                log_det = log_det + (-torch.log(p) - torch.log1p(-p)).flatten(1).sum(1) + x[0].numel() * math.log(slope)
                x = torch.log(p) - torch.log1p(-p)
            case "coupling":
                s, t = scale_translate(weights, layer, x)
                x, log_det = x * torch.exp(s) + t, log_det + s.flatten(1).sum(1)
            case "norm":
                mean_path, var_path = f"{layer[1]}/running_mean", f"{layer[1]}/running_var"
                var, mean = torch.var_mean(x, (0, 2, 3), correction=1)
                mean = (1 - MOMENTUM) * moments[mean_path] + MOMENTUM * mean
                var = (1 - MOMENTUM) * moments[var_path] + MOMENTUM * var
                moments[mean_path], moments[var_path] = mean.detach(), var.detach()
                std = torch.sqrt(var + EPSILON)
                log_det = log_det - x.shape[2] * x.shape[3] * torch.log(std).sum()
                x = (x - mean[:, None, None]) / std[:, None, None]
            case "squeeze":
                x = squeeze(x)
            case "factor_out":
                x, out = x.chunk(2, 1)
                log_base = log_base + base(out)
    return log_det + log_base + base(x)


def decode(layers, weights, moments, parts):
    """Latent parts, as flow.latent_shapes orders them → samples in the data's unit."""
    parts = list(parts)
    x = parts.pop()
    for layer in reversed(layers):
        match layer[0]:
            case "scale":
                x = x * layer[1]
            case "logit":
                x = (torch.sigmoid(x) - layer[1]) / ((1 - 2 * layer[1]) / 256)
            case "coupling":
                s, t = scale_translate(weights, layer, x)
                x = (x - t) * torch.exp(-s)
            case "norm":
                mean, var = moments[f"{layer[1]}/running_mean"], moments[f"{layer[1]}/running_var"]
                x = x * torch.sqrt(var + EPSILON)[:, None, None] + mean[:, None, None]
            case "squeeze":
                x = F.pixel_shuffle(x, 2)
            case "factor_out":
                x = torch.cat([x, parts.pop()], 1)
    return x


def channels_first(array):
    """[h, w, c] → [c, h, w], [n, h, w, c] → [n, c, h, w], and a kernel [3, 3, in, out] → [out, in, 3, 3]."""
    if array.ndim == 4 and array.shape[:2] == (3, 3):
        return array.transpose(3, 2, 0, 1)
    return np.moveaxis(array, -1, -3) if array.ndim >= 3 else array


def tensor(array):
    return torch.from_numpy(np.ascontiguousarray(channels_first(array)))


class Peer:
    """One flow and its Adam, from a checkpoint."""

    def __init__(self, checkpoint):
        built, arrays = flow.read(checkpoint)
        self.layers = [tuple(tensor(f) if isinstance(f, np.ndarray) else f for f in layer) for layer in flow.layers(built)]
        self.weights = {}
        for path, array in arrays.items():
            if "/running_" not in path:
                w = tensor(array)
                self.weights[path] = (w.reshape(-1, 1, 1, 1) if path.endswith("/g") else w).clone().requires_grad_()
        self.moments = {k: torch.from_numpy(v.copy()) for k, v in arrays.items() if "/running_" in k}
        self.adam = torch.optim.Adam(self.weights.values(), eps=1e-8, fused=True)

    def step(self, x, rate):
        """One step of Adam on the batch x; the loss, mean −log p in nats, before it."""
        self.adam.param_groups[0]["lr"] = rate
        self.adam.zero_grad(set_to_none=True)
        nats = -log_prob(self.layers, self.weights, self.moments, tensor(x)).mean()
        (nats / x[0].size).backward()
        self.adam.step()
        return float(nats.detach())

    @torch.no_grad()
    def sample(self, parts):
        return decode(self.layers, self.weights, self.moments, [tensor(p) for p in parts]).numpy()
