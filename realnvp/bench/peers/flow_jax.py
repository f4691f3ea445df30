"""The flow in JAX, as a JAX user would write it: pure functions on a dict of arrays, one jit for a training step."""
import math

import jax
import jax.numpy as jnp
from jax import lax

import flow

MOMENTUM, EPSILON = 0.005, 1e-5


def conv(weights, path, x):
    v, g = weights[f"{path}/v"], weights[f"{path}/g"]
    kernel = v * (g / jnp.sqrt(jnp.sum(v * v, (0, 1, 2), keepdims=True)))
    return lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def conv_norm(weights, path, x):
    x = conv(weights, path, x)
    mean = x.mean((1, 2), keepdims=True)
    centred = x - mean
    return centred / jnp.sqrt((centred * centred).mean((1, 2), keepdims=True) + EPSILON)


def resnet(weights, path, x):
    x = conv_norm(weights, f"{path}/conv_in", x)
    i = 0
    while f"{path}/block{i}/conv0/v" in weights:
        y = jax.nn.relu(conv_norm(weights, f"{path}/block{i}/conv0", x))
        x = jax.nn.relu(x + conv_norm(weights, f"{path}/block{i}/conv1", y))
        i += 1
    return conv_norm(weights, f"{path}/conv_out", x)


def mlp(weights, path, x):
    i = 0
    while f"{path}/layer{i}/w" in weights:
        if i:
            x = jax.nn.relu(x)
        x = x @ weights[f"{path}/layer{i}/w"] + weights[f"{path}/layer{i}/b"]
        i += 1
    return x


def scale_translate(weights, layer, x):
    _, path, mask, feature = layer
    kept, free = x * mask, 1 - mask
    if feature is not None:  # the author's 2D form
        kept = kept[:, feature:feature + 1]
        s = weights[f"{path}/s_scale"] * jnp.tanh(mlp(weights, f"{path}/s", kept))
        return free * s, free * jnp.tanh(mlp(weights, f"{path}/t", kept))
    net = mlp if mask.ndim == 1 else resnet
    s = free * weights[f"{path}/s_scale"] * jnp.tanh(net(weights, f"{path}/s", kept))
    t = free * (weights[f"{path}/t_scale"] * net(weights, f"{path}/t", kept) + weights[f"{path}/t_shift"])
    return s, t


def per_sample(x):
    return x.reshape(x.shape[0], -1).sum(1)


def squeeze(x):
    b, h, w, c = x.shape
    return x.reshape(b, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 5, 2, 4).reshape(b, h // 2, w // 2, 4 * c)


def unsqueeze(x):
    b, h, w, c = x.shape
    return x.reshape(b, h, w, c // 4, 2, 2).transpose(0, 1, 4, 2, 5, 3).reshape(b, 2 * h, 2 * w, c // 4)


def log_prob(layers, weights, moments, x):
    """x [n, ...] → (log p [n] in nats, the updated running moments), as in training."""
    moments, log_det, log_base = dict(moments), jnp.zeros(x.shape[0]), 0.0

    def base(z):
        return -0.5 * per_sample(z * z) - 0.5 * z[0].size * math.log(2 * math.pi)

    for layer in layers:
        match layer[0]:
            case "scale":
                x, log_det = x / layer[1], log_det - x[0].size * math.log(layer[1])
            case "logit":
                slope = (1 - 2 * layer[1]) / 256
                p = layer[1] + slope * x
                log_det = log_det + per_sample(-jnp.log(p) - jnp.log1p(-p)) + x[0].size * math.log(slope)
                x = jnp.log(p) - jnp.log1p(-p)
            case "coupling":
                s, t = scale_translate(weights, layer, x)
                x, log_det = x * jnp.exp(s) + t, log_det + per_sample(s)
            case "norm":
                mean_path, var_path = f"{layer[1]}/running_mean", f"{layer[1]}/running_var"
                mean = (1 - MOMENTUM) * moments[mean_path] + MOMENTUM * x.mean((0, 1, 2))
                var = (1 - MOMENTUM) * moments[var_path] + MOMENTUM * x.var((0, 1, 2), ddof=1)
                moments[mean_path], moments[var_path] = mean, var
                std = jnp.sqrt(var + EPSILON)
                log_det = log_det - x.shape[1] * x.shape[2] * jnp.sum(jnp.log(std))
                x = (x - mean) / std
            case "squeeze":
                x = squeeze(x)
            case "factor_out":
                half = x.shape[3] // 2
                log_base = log_base + base(x[..., half:])
                x = x[..., :half]
    return log_det + log_base + base(x), moments


def decode(layers, weights, moments, parts):
    """Latent parts, as flow.latent_shapes orders them → samples in the data's unit."""
    parts = list(parts)
    x = parts.pop()
    for layer in reversed(layers):
        match layer[0]:
            case "scale":
                x = x * layer[1]
            case "logit":
                x = (jax.nn.sigmoid(x) - layer[1]) / ((1 - 2 * layer[1]) / 256)
            case "coupling":
                s, t = scale_translate(weights, layer, x)
                x = (x - t) * jnp.exp(-s)
            case "norm":
                mean, var = moments[f"{layer[1]}/running_mean"], moments[f"{layer[1]}/running_var"]
                x = x * jnp.sqrt(var + EPSILON) + mean
            case "squeeze":
                x = unsqueeze(x)
            case "factor_out":
                x = jnp.concatenate([x, parts.pop()], -1)
    return x


class Peer:
    """One flow and its Adam, from a checkpoint."""

    def __init__(self, checkpoint):
        built, arrays = flow.read(checkpoint)
        self.layers = flow.layers(built)
        self.weights = {k: jnp.asarray(v) for k, v in arrays.items() if "/running_" not in k}
        self.moments = {k: jnp.asarray(v) for k, v in arrays.items() if "/running_" in k}
        self.adam = [jax.tree.map(jnp.zeros_like, self.weights) for _ in range(2)]
        self.count = 0
        self._step = jax.jit(self._train_step, donate_argnums=(0, 1, 2))
        self._decode = jax.jit(lambda w, m, parts: decode(self.layers, w, m, parts))

    def _train_step(self, weights, moments, adam, x, count, rate):
        def loss_of(weights):
            log_p, updated = log_prob(self.layers, weights, moments, x)
            nats = -log_p.mean()
            return nats / x[0].size, (nats, updated)

        (_, (nats, moments)), grads = jax.value_and_grad(loss_of, has_aux=True)(weights)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, adam[0], grads)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, adam[1], grads)
        c1, c2 = 1 - 0.9 ** count, 1 - 0.999 ** count
        weights = jax.tree.map(lambda w, m, v: w - rate * (m / c1) / (jnp.sqrt(v / c2) + 1e-8), weights, first, second)
        return weights, moments, [first, second], nats

    def step(self, x, rate):
        """One step of Adam on the batch x; the loss, mean −log p in nats, before it."""
        self.count += 1
        self.weights, self.moments, self.adam, nats = self._step(
            self.weights, self.moments, self.adam, x, float(self.count), rate)
        return float(nats)

    def sample(self, parts):
        return jax.device_get(self._decode(self.weights, self.moments, parts))
