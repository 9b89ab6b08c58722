"""Writes math_reference.txt: correctly rounded values of the functions in src/math (needs mpmath).

A row is `name x [y] f(x[, y])`, the bits of the doubles in hexadecimal.
"""

import math
import os
import random
import struct

import mpmath as m
from mpmath import mp, mpf

ROWS = 110


def bits(x):
    return "%x" % struct.unpack("<Q", struct.pack("<d", x))[0]


def from_bits(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


def sigmoid(x):
    return 1 / (1 + m.exp(-x))


def elu(x, alpha):
    return x if x > 0 else alpha * m.expm1(x)


def relu6(x):
    return min(max(x, mpf(0)), mpf(6))


SELU_SCALE = "1.0507009873554804934193349852946"
SELU_ALPHA = "1.6732632423543772848170429916717"

ANY, POSITIVE, UNIT = (-1e308, 1e308), (5e-324, 1e308), (-1.0, 1.0)
UNARY = {
    "exp": (m.exp, (-760, 720)),
    "exp2": (lambda x: mpf(2) ** x, (-1080, 1030)),
    "exp_m1": (m.expm1, (-60, 720)),
    "ln": (m.log, POSITIVE),
    "ln_1p": (m.log1p, (-0.9999999, 1e308)),
    "log2": (lambda x: m.log(x) / m.log(2), POSITIVE),
    "log10": (lambda x: m.log(x) / m.log(10), POSITIVE),
    "cbrt": (lambda x: m.sign(x) * m.cbrt(abs(x)), ANY),
    "sin": (m.sin, ANY),
    "cos": (m.cos, ANY),
    "tan": (m.tan, ANY),
    "asin": (m.asin, UNIT),
    "acos": (m.acos, UNIT),
    "atan": (m.atan, ANY),
    "sinh": (m.sinh, (-712, 712)),
    "cosh": (m.cosh, (-712, 712)),
    "tanh": (m.tanh, (-40, 40)),
    "asinh": (m.asinh, ANY),
    "acosh": (m.acosh, (1, 1e308)),
    "atanh": (m.atanh, UNIT),
    "to_radians": (lambda x: x * m.pi / 180, ANY),
    "to_degrees": (lambda x: x * 180 / m.pi, (-3e306, 3e306)),
    "sigmoid": (sigmoid, (-760, 100)),
    "softplus": (lambda x: m.log1p(m.exp(x)), (-760, 1000)),
    "erf": (m.erf, (-8, 8)),
    "erfc": (m.erfc, (-8, 29)),
    "gelu": (lambda x: x * m.erfc(-x / m.sqrt(2)) / 2, (-40, 60)),
    "gelu_tanh": (lambda x: x * sigmoid(m.sqrt(8 / m.pi) * (x + mpf("0.044715") * x**3)), (-24, 60)),
    "silu": (lambda x: x * sigmoid(x), (-760, 100)),
    "mish": (lambda x: x * m.tanh(m.log1p(m.exp(x))), (-760, 100)),
    "softsign": (lambda x: x / (1 + abs(x)), ANY),
    "hardsigmoid": (lambda x: relu6(x + 3) / 6, (-4, 4)),
    "hardswish": (lambda x: x * relu6(x + 3) / 6, (-4, 4)),
    "selu": (lambda x: mpf(SELU_SCALE) * elu(x, mpf(SELU_ALPHA)), (-60, 100)),
    "lgamma": (m.loggamma, (1e-300, 1e300)),
    "digamma": (m.digamma, (1e-300, 1e300)),
    "trigamma": (lambda x: m.polygamma(1, x), (1e-3, 1e3)),
}
BINARY = {
    "powf": (m.power, POSITIVE, (-800, 800)),
    "log": (lambda x, b: m.log(x) / m.log(b), POSITIVE, POSITIVE),
    "atan2": (m.atan2, ANY, ANY),
    "hypot": (m.hypot, ANY, ANY),
    "elu": (elu, (-60, 10), (-3, 3)),
}
# Where a double comes closest to a multiple of pi / 2, and other places where digits cancel.
HARD = {
    "sin": [6381956970095103.0 * 2.0**797, math.pi, 1e22, 2.0**1023],
    "cos": [6381956970095103.0 * 2.0**797, math.pi / 2, 1e22, 2.0**1023],
    "tan": [6381956970095103.0 * 2.0**797, math.pi / 2, 1e22, 2.0**1023],
    "lgamma": [1 + 2.0**-40, 1 - 2.0**-40, 2 + 2.0**-40, 2 - 2.0**-40, 0.7, 1.4, 3.0, 10.0],
    "digamma": [1.4616321449683622, 1.4616321449683625, 1.17, 1.85, 10.0],
    "atanh": [1 - 2.0**-53, -1 + 2.0**-53],
    "acosh": [1 + 2.0**-52],
}


def draw(rng, interval, i):
    """Bit patterns over the whole interval, and values of everyday size."""
    lo, hi = interval
    while True:
        if i % 3 == 0:
            x = from_bits(rng.getrandbits(64))
        elif i % 3 == 1:
            x = rng.uniform(max(lo, -3), min(hi, 3))
        else:
            x = rng.choice((-1, 1)) * 2.0 ** rng.uniform(-8, min(11, math.log2(hi)))
        if lo <= x <= hi:
            return x


def working_precision(arguments):
    magnitude = max(abs(math.frexp(x)[1]) for x in arguments)
    return 250 + 2 * magnitude


def rounded(value):
    """To nearest even; mpmath's own conversion rounds subnormals twice."""
    value = m.re(value)
    if value == 0:
        return 0.0
    if abs(value) >= mpf(2) ** 1024 * (1 - mpf(2) ** -54):
        return math.copysign(math.inf, value)
    unit = max(m.frexp(value)[1] - 53, -1074)
    return math.ldexp(int(m.nint(m.ldexp(value, -unit))), unit)


def row(name, function, arguments):
    mp.prec = working_precision(arguments)
    value = rounded(function(*map(mpf, arguments)))
    return " ".join([name, *map(bits, arguments), bits(value)])


def rows():
    for name, (function, interval) in UNARY.items():
        rng = random.Random(name)
        for x in HARD.get(name, []) + [draw(rng, interval, i) for i in range(ROWS)]:
            if not (name in ("atanh",) and abs(x) == 1):
                yield row(name, function, [x])
    for name, (function, of_x, of_y) in BINARY.items():
        rng = random.Random(name)
        for i in range(ROWS):
            x, y = draw(rng, of_x, i), draw(rng, of_y, i // 3)
            if name == "powf" and abs(y * math.log(x)) > 1000:
                y /= abs(y * math.log(x)) / 600
            if not (name == "log" and y == 1):
                yield row(name, function, [x, y])


if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "math_reference.txt")
    with open(path, "w") as out:
        out.write("\n".join(rows()) + "\n")
