#!/usr/bin/env python3
"""What Odyssey costs at compile time: `python3 examples/benches/compile_time.py [--rounds N] [--runtime DIR]`.

Writes crates into a temporary directory and times cargo on them, with incremental compilation off.

Seconds are those of the processor, of all cores together: the rest of the machine is kept out.

  check, build   100 functions of about 20 lines (3 matrix products, elementwise expressions, 2 loops), as plain functions,
                 with gradients written by hand in ndarray, and with `#[differentiable]`; in the `build` all gradients are
                 called. The three take turns, and what is printed is the median.
  expansion      a crate of functions of 100 lines of which rustc is only asked what it depends on: it expands macros
                 and resolves names, and stops. The difference to the same functions without the attribute, by
                 their number, is the time of one expansion (with the proc macro unoptimised, as cargo builds it by
                 default, and including the parsing of what it writes).
  cold           `cargo build` from nothing of a crate that depends on odyssey-runtime alone.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time

FUNCTIONS = 100
LONG_FUNCTIONS = 20

ARGUMENTS = "w: &Array2<f64>, b: &Array1<f64>, k: f64, x: &Array2<f64>, y: &Array2<f64>"
GRADIENTS = "(Array2<f64>, Array1<f64>, f64)"

PLAIN = """pub fn net{i}({arguments}) -> f64 {{
    let xw = x.dot(w);
    let h1 = (&xw + b).tanh();
    let h2 = (h1.dot(w) + b).tanh() * k;
    let g = 1.0 / (1.0 + (-&h2).exp());
    let u = &g * &h2 + (1.0 - &g) * &h1;
    let z = (u.dot(w) - b) * {c};
    let q = (&z * &z + &u).tanh();
    let mut acc = 0.0;
    for i in 0..b.len() {{
        let d = b[i] - k;
        acc += 0.5 * d * d * k;
    }}
    let mut p = k;
    for i in 0..4 {{
        p = p * k + i as f64;
    }}
    let n = x.nrows() as f64;
    let e = &q - y;
    let s = (&e * &e).sum();
    let r = (w * w).sum() * 0.01;
    s / n + r + acc + p
}}
"""

BY_HAND = """pub fn net{i}_grad({arguments}) -> (f64, {gradients}) {{
    let h1 = (x.dot(w) + b).tanh();
    let t2 = (h1.dot(w) + b).tanh();
    let h2 = &t2 * k;
    let g = 1.0 / (1.0 + (-&h2).exp());
    let u = &g * &h2 + (1.0 - &g) * &h1;
    let z = (u.dot(w) - b) * {c};
    let q = (&z * &z + &u).tanh();
    let mut d_k = 0.0;
    let mut d_b = Array1::<f64>::zeros(b.len());
    let mut acc = 0.0;
    for i in 0..b.len() {{
        let d = b[i] - k;
        acc += 0.5 * d * d * k;
        d_b[i] += d * k;
        d_k += 0.5 * d * d - d * k;
    }}
    let mut p = k;
    let mut p_was = Vec::with_capacity(4);
    for i in 0..4 {{
        p_was.push(p);
        p = p * k + i as f64;
    }}
    let mut d_p = 1.0;
    for p in p_was.into_iter().rev() {{
        d_k += d_p * p;
        d_p *= k;
    }}
    d_k += d_p;
    let n = x.nrows() as f64;
    let e = &q - y;
    let value = (&e * &e).sum() / n + (w * w).sum() * 0.01 + acc + p;
    let mut d_w = w * 0.02;
    let d_v = &e * (2.0 / n) * (1.0 - &q * &q);
    let d_z = &d_v * &z * (2.0 * {c});
    d_b -= &d_z.sum_axis(Axis(0));
    d_w += &u.t().dot(&d_z);
    let d_u = d_v + d_z.dot(&w.t());
    let d_g = &d_u * &(&h2 - &h1);
    let d_h2 = &d_u * &g + d_g * &g * (1.0 - &g);
    d_k += (&d_h2 * &t2).sum();
    let d_hw = d_h2 * k * (1.0 - &t2 * &t2);
    d_b += &d_hw.sum_axis(Axis(0));
    d_w += &h1.t().dot(&d_hw);
    let d_h1 = d_u * (1.0 - &g) + d_hw.dot(&w.t());
    let d_xw = d_h1 * (1.0 - &h1 * &h1);
    d_b += &d_xw.sum_axis(Axis(0));
    d_w += &x.t().dot(&d_xw);
    (value, (d_w, d_b, d_k))
}}
"""

CALL = """pub fn use{i}({arguments}) -> (f64, {gradients}) {{
    {callee}(w, b, k, x, y)
}}
"""


def functions(mode, called):
    """100 functions; `mode` is plain, hand or odyssey."""
    source = "#![allow(dead_code)]\nuse ndarray::*;\n"
    if mode == "odyssey":
        source += "use odyssey_runtime::prelude::*;\n"
    for i in range(FUNCTIONS):
        words = {"i": i, "c": f"{1 + i / 7:.3f}", "arguments": ARGUMENTS, "gradients": GRADIENTS}
        if mode == "odyssey":
            source += "#[differentiable(wrt(w, b, k))]\n"
        source += PLAIN.format(**words)
        if mode == "hand":
            source += BY_HAND.format(**words)
        if called and mode != "plain":
            callee = f"net{i}_grad" if mode == "hand" else f"net{i}::value_and_grad"
            source += CALL.format(callee=callee, **words)
    return source


def long_functions(annotated):
    """Functions of 100 lines."""
    source = "use ndarray::*;\nuse odyssey_runtime::prelude::*;\n"
    for i in range(LONG_FUNCTIONS):
        if annotated:
            source += "#[differentiable(wrt(w, b, k))]\n"
        source += f"pub fn long{i}({ARGUMENTS}) -> f64 {{\n    let h0 = x.dot(w);\n    let mut acc = 0.0;\n"
        for j in range(12):
            source += f"""    let a{j} = (h{j}.dot(w) + b).tanh();
    let g{j} = 1.0 / (1.0 + (-&a{j}).exp());
    let h{j + 1} = &g{j} * &a{j} * k + (1.0 - &g{j}) * &h{j};
    acc += (&h{j + 1} * &h{j + 1}).sum() * 0.01;
    for i in 0..b.len() {{
        let d = b[i] - k;
        acc += 0.5 * d * d * k;
    }}
"""
        source += "    acc + (&h12 - y).mapv(|e| e * e).sum()\n}\n"
    return source


# Calls rustc for what a crate depends on, and nothing else.
EXPAND = """#!/bin/sh
for argument do
    shift
    case "$argument" in --emit=*) argument=--emit=dep-info ;; esac
    set -- "$@" "$argument"
done
exec "$@"
"""


def processor_time():
    """Of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Crate:
    """A library in the temporary directory."""

    def __init__(self, root, name, runtime, source=""):
        self.root = root / name
        (self.root / "src").mkdir(parents=True)
        (self.root / "Cargo.toml").write_text(
            f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2024"\n\n'
            f'[dependencies]\nodyssey-runtime = {{ path = "{runtime}" }}\nndarray = "0.17"\n\n[workspace]\n'
        )
        (self.root / "src/lib.rs").write_text(source)

    def cargo(self, command, target, **environment):
        """Processor seconds of a cargo command, once the sources have changed."""
        os.utime(self.root / "src/lib.rs")
        environment = dict(os.environ, CARGO_INCREMENTAL="0", CARGO_TARGET_DIR=str(target), **environment)
        environment.pop("ODYSSEY_EMIT", None)
        start = processor_time()
        done = subprocess.run(["cargo", command], cwd=self.root, env=environment, capture_output=True, text=True)
        seconds = processor_time() - start
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return seconds


def medians(crates, command, target, rounds, **environment):
    """Median seconds of each crate, which take turns; the first round is a warm-up that builds what they depend on."""
    times = [[crate.cargo(command, target, **environment) for crate in crates] for _ in range(rounds + 1)]
    return [statistics.median(column) for column in zip(*times[1:])]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    here = pathlib.Path(__file__).resolve()
    parser.add_argument("--runtime", type=pathlib.Path, default=here.parents[2] / "odyssey-runtime")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        measure(pathlib.Path(root), options.runtime.resolve(), options.rounds)


def measure(root, runtime, rounds):
    modes = ["plain", "hand", "odyssey"]
    print(f"{FUNCTIONS} functions: plain, gradients by hand, Odyssey")
    for command, called in [("check", False), ("build", True)]:
        crates = [Crate(root, f"{command}-{mode}", runtime, functions(mode, called)) for mode in modes]
        plain, hand, odyssey = medians(crates, command, root / "target", rounds)
        print(f"  {command + (', called' if called else ''):16}{plain:8.2f}{hand:8.2f}{odyssey:8.2f}", end="")
        print(f"   added to plain {odyssey - plain:.2f} s, {odyssey / hand:.2f} times by hand")

    crates = [Crate(root, f"long-{a}", runtime, long_functions(a == "annotated")) for a in ["plain", "annotated"]]
    (root / "expand").write_text(EXPAND)
    (root / "expand").chmod(0o755)
    plain, annotated = medians(crates, "check", root / "target", rounds, RUSTC_WORKSPACE_WRAPPER=str(root / "expand"))
    lines = long_functions(False).count("\n") // LONG_FUNCTIONS
    print(f"expansion of a function of {lines} lines: {(annotated - plain) / LONG_FUNCTIONS * 1e3:.1f} ms")

    cold = Crate(root, "cold", runtime)
    subprocess.run(["cargo", "fetch"], cwd=cold.root, check=True, capture_output=True)
    start = time.monotonic()
    seconds = cold.cargo("build", root / "cold-target")
    print(f"cold build of a crate that depends on the runtime: {seconds:.1f} s, {time.monotonic() - start:.1f} s on the clock")


if __name__ == "__main__":
    main()
