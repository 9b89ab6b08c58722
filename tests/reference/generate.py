"""Writes `values.txt`: what PyTorch says that operations and their gradients are, for `tests/reference.rs`.

    pip install torch numpy && python3 tests/reference/generate.py

Operands and cotangents are made by the same formula on both sides; a line is a name and the numbers of an array.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def numbers(seed, *shape):
    index = np.arange(1, np.prod(shape, dtype=int) + 1)
    return torch.tensor(np.sin(index * 1.7 + seed * 0.61).reshape(shape))


def positive(seed, *shape):
    return numbers(seed, *shape) ** 2 + 0.5


def matrix(seed, *shape):
    """Matrices with an inverse."""
    return numbers(seed, *shape) + 2.5 * torch.eye(shape[-1])


lines = []


def write(name, tensor):
    values = " ".join(f"{x:.14g}" for x in tensor.detach().reshape(-1).tolist())
    lines.append(f"{name} {values}".rstrip())


def case(name, f, *operands):
    """The value, and the gradients along cotangents `numbers(9, …)` of each result."""
    operands = [x.clone().requires_grad_() for x in operands]
    results = f(*operands)
    results = results if isinstance(results, tuple) else (results,)
    sum((y * numbers(9, *y.shape)).sum() for y in results).backward()
    for i, y in enumerate(results):
        write(f"{name}.y{i}", y)
    for i, x in enumerate(operands):
        write(f"{name}.d{i}", torch.zeros_like(x) if x.grad is None else x.grad)


# stride, padding, dilation, groups
for i, (s, p, d, g) in enumerate([
    ((1, 1), (0, 0), (1, 1), 1),
    ((2, 1), (1, 2), (1, 1), 1),
    ((1, 2), (2, 1), (2, 1), 2),
    ((3, 2), (1, 3), (1, 3), 2),
    ((1, 1), (1, 1), (1, 1), 4),
]):
    case(f"conv2d{i}", lambda x, k: F.conv2d(x, k, None, s, p, d, g), numbers(1, 1, 4, 6, 7), numbers(2, 4, 4 // g, 3, 2))
    case(f"conv_transpose2d{i}", lambda x, k: F.conv_transpose2d(x, k, None, s, p, 0, g, d),
         numbers(1, 1, 4, 4, 5), numbers(2, 4, 4 // g, 3, 2))
case("conv_transpose2d_with", lambda x, k: F.conv_transpose2d(x, k, None, (2, 3), (1, 0), (1, 2), 2),
     numbers(1, 1, 4, 4, 5), numbers(2, 4, 2, 3, 2))
for i, (s, p, d, g) in enumerate([(1, 0, 1, 1), (2, 1, 1, 2), (1, 3, 2, 1)]):
    case(f"conv1d{i}", lambda x, k: F.conv1d(x, k, None, s, p, d, g), numbers(1, 2, 4, 8), numbers(2, 2, 4 // g, 3))
case("depthwise_conv2d", lambda x, k: F.conv2d(x, k, None, 1, 1, 1, 3), numbers(1, 2, 3, 4, 5), numbers(2, 6, 1, 3, 3))

case("max_pool2d", lambda x: F.max_pool2d(x, (2, 3), (2, 1)), numbers(1, 1, 2, 5, 6))
case("avg_pool2d", lambda x: F.avg_pool2d(x, (3, 2), (1, 2)), numbers(1, 1, 2, 5, 6))
case("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, (3, 4)), numbers(1, 1, 2, 5, 6))
case("global_avg_pool2d", lambda x: x.mean((2, 3)), numbers(1, 1, 2, 5, 6))

x, gamma, beta = numbers(1, 3, 4, 5), positive(2, 5), numbers(3, 5)
case("layer_norm", lambda x, g, b: F.layer_norm(x, (5,), g, b, 1e-3), x, gamma, beta)
case("rms_norm", lambda x, g: F.rms_norm(x, (5,), g, 1e-3), x, gamma)
gamma, beta = positive(2, 4), numbers(3, 4)
case("group_norm", lambda x, g, b: F.group_norm(x, 2, g, b, 1e-3), x, gamma, beta)
case("instance_norm", lambda x, g, b: F.instance_norm(x, None, None, g, b, True, 0.1, 1e-3), x, gamma, beta)
case("batch_norm", lambda x, g, b, m, v: (x - m[:, None]) / (v[:, None] + 1e-3).sqrt() * g[:, None] + b[:, None],
     x, gamma, beta, numbers(4, 4), positive(5, 4))


def batch_norm_train(x, g, b):
    return F.batch_norm(x, None, None, g, b, True, 0.1, 1e-3), x.mean((0, 2)), x.var((0, 2), unbiased=False)


case("batch_norm_train", batch_norm_train, x, gamma, beta)
case("embedding", lambda t: F.embedding(torch.tensor([3, 0, 3, 1]), t), numbers(1, 5, 3))
ids = torch.tensor([3, 0, 3])
case("scatter_add", lambda x, v: x.index_add(1, ids, v), numbers(1, 2, 4, 3), numbers(2, 2, 3, 3))

q, k, v = numbers(1, 2, 3, 4, 6), numbers(2, 2, 3, 5, 6), numbers(3, 2, 3, 5, 7)
case("attention", F.scaled_dot_product_attention, q, k, v)


def multi_head(q, k, v):
    """With maps before and behind that change nothing."""
    layer = torch.nn.MultiheadAttention(6, 3, bias=False, batch_first=True)
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.eye(6).repeat(3, 1))
        layer.out_proj.weight.copy_(torch.eye(6))
    return layer(q, k, v, need_weights=False)[0]


case("multi_head_attention", multi_head, numbers(1, 2, 4, 6), numbers(2, 2, 5, 6), numbers(3, 2, 5, 6))
case("attention_masked", lambda q, k, v, m: F.scaled_dot_product_attention(q, k, v, m), q, k, v, numbers(4, 2, 1, 4, 5))

a, b = matrix(1, 2, 4, 4), numbers(2, 2, 4, 3)
spd = a @ a.mT + torch.eye(4)
case("matmul", torch.matmul, numbers(1, 2, 1, 3, 4), numbers(2, 3, 4, 2))
case("outer", torch.outer, numbers(1, 3), numbers(2, 4))
case("trace", lambda a: a.diagonal(dim1=-2, dim2=-1).sum(-1), a)
case("det", torch.linalg.det, a)
case("logdet", torch.logdet, spd)
case("inv", torch.linalg.inv, a)
case("solve", torch.linalg.solve, a, b)
case("cholesky", torch.linalg.cholesky, spd)


# Signs as ours are: a diagonal that is not negative, the largest element of each vector positive.
def sign_of_largest(x, axis):
    return x.gather(axis, x.abs().argmax(axis, keepdim=True)).sign()


def qr(a):
    q, r = torch.linalg.qr(a)
    sign = r.diagonal(dim1=-2, dim2=-1).sign()
    return q * sign[..., None, :], r * sign[..., :, None]


def eigh(a):
    w, v = torch.linalg.eigh((a + a.mT) / 2)
    return w, v * sign_of_largest(v, -2)


def svd(a):
    u, s, vt = torch.linalg.svd(a, full_matrices=False)
    sign = sign_of_largest(vt, -1)
    return u * sign.mT, s, vt * sign


tall = numbers(1, 2, 5, 3) + 2.5 * torch.eye(5, 3)
case("qr", qr, tall)
case("eigh", eigh, a)
case("svd_tall", svd, tall)
case("svd_wide", svd, tall.mT)
case("lower", lambda a, b: torch.linalg.solve_triangular(a, b, upper=False), a, b)
case("upper", lambda a, b: torch.linalg.solve_triangular(a, b, upper=True), a, b)

x, y, p, t = numbers(1, 4, 3), numbers(2, 4, 3), numbers(1, 4, 3).sigmoid(), numbers(2, 4, 3).sigmoid()
labels, weights = torch.tensor([0, 2, 1, 2]), positive(3, 3)
for r in ["mean", "sum"]:
    case(f"mse.{r}", lambda x, y: F.mse_loss(x, y, reduction=r), x, y)
    case(f"mae.{r}", lambda x, y: F.l1_loss(x, y, reduction=r), x, y)
    case(f"huber.{r}", lambda x, y: F.huber_loss(x, y, reduction=r, delta=0.4), x, y)
    # PyTorch's own gradient with respect to the targets is not there.
    case(f"bce.{r}", lambda p: F.binary_cross_entropy(p, t, reduction=r), p)
    case(f"bce_with_logits.{r}", lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction=r), x, t)
    case(f"kl_div.{r}", lambda x, t: F.kl_div(x, t, reduction=r), x, t)
    case(f"cross_entropy.{r}", lambda x: F.cross_entropy(x, labels, reduction=r), x)
    case(f"weighted_cross_entropy.{r}",
         lambda x: F.cross_entropy(x, labels, weights, reduction=r, label_smoothing=0.1), x)
    case(f"nll.{r}", lambda x: F.nll_loss(x, labels, reduction=r), x)

Path(__file__).with_name("values.txt").write_text("\n".join(lines) + "\n")
