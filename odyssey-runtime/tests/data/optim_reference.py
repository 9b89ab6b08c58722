"""Writes optim_reference.txt: where the optimizers and schedules of PyTorch go (needs torch; written with 2.15).

Parameters are those of `start` in ../optim_reference.rs, gradients those of `gradients`. A row is `optimizer steps`, with all
parameters after so many steps, or `schedule step`, with the learning rate of that step.
"""

import os

import torch
from torch.optim import lr_scheduler as lr

LEAVES = [(torch.float64, (2, 3)), (torch.float32, (3,)), (torch.float64, ())]
AFTER = (1, 2, 3, 10, 50)


def numbers(dtype, shape, of):
    count = torch.Size(shape).numel()
    return torch.tensor([of(i) for i in range(count)], dtype=dtype).reshape(shape)


def run(optimizer, schedule=None):
    params = [numbers(dtype, shape, lambda i: (i + 1) / 4).requires_grad_() for dtype, shape in LEAVES]
    optimizer = optimizer(params)
    schedule = schedule and schedule(optimizer)
    for step in range(1, max(AFTER) + 1):
        for param, (dtype, shape) in zip(params, LEAVES):
            param.grad = param.detach() - numbers(dtype, shape, lambda i: ((7 * i + 3 * step) % 11 - 5) / 4)
        optimizer.step()
        if schedule:
            schedule.step()
        if step in AFTER:
            yield step, [x for param in params for x in param.detach().double().flatten().tolist()]


def rates(schedule, steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    schedule = schedule(optimizer)
    for step in range(steps):
        yield step, [optimizer.param_groups[0]["lr"]]
        optimizer.step()
        schedule.step()


def after_warmup(schedule):
    """Three steps from (almost) 0, which PyTorch does not start from."""
    return lambda o: lr.SequentialLR(o, [lr.LinearLR(o, 1e-12, 1.0, 3), schedule(o)], [3])


OPTIM = torch.optim
ROWS = {
    "sgd": run(lambda p: OPTIM.SGD(p, lr=0.1)),
    "sgd_decay": run(lambda p: OPTIM.SGD(p, lr=0.1, weight_decay=0.2)),
    "sgd_momentum": run(lambda p: OPTIM.SGD(p, lr=0.1, momentum=0.8)),
    "sgd_nesterov": run(lambda p: OPTIM.SGD(p, lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.2)),
    "adam": run(lambda p: OPTIM.Adam(p, lr=0.1)),
    "adam_settings": run(lambda p: OPTIM.Adam(p, lr=0.1, betas=(0.5, 0.9), eps=0.1, weight_decay=0.2)),
    "adam_amsgrad": run(lambda p: OPTIM.Adam(p, lr=0.1, betas=(0.9, 0.8), amsgrad=True)),
    "adam_scheduled": run(lambda p: OPTIM.Adam(p, lr=0.1), lambda o: lr.ExponentialLR(o, 0.9)),
    "adamw": run(lambda p: OPTIM.AdamW(p, lr=0.1)),
    "adamw_settings": run(
        lambda p: OPTIM.AdamW(p, lr=0.1, betas=(0.5, 0.8), eps=0.1, weight_decay=0.3, amsgrad=True)
    ),
    "rmsprop": run(lambda p: OPTIM.RMSprop(p, lr=0.1)),
    "rmsprop_momentum": run(lambda p: OPTIM.RMSprop(p, lr=0.01, alpha=0.9, momentum=0.8, eps=0.1, weight_decay=0.2)),
    "rmsprop_centered": run(lambda p: OPTIM.RMSprop(p, lr=0.01, alpha=0.9, centered=True)),
    "rmsprop_all": run(lambda p: OPTIM.RMSprop(p, lr=0.01, alpha=0.9, momentum=0.8, centered=True)),
    "adagrad": run(lambda p: OPTIM.Adagrad(p, lr=0.1)),
    "adagrad_settings": run(
        lambda p: OPTIM.Adagrad(p, lr=0.1, lr_decay=0.3, eps=0.1, initial_accumulator_value=0.4, weight_decay=0.2)
    ),
    "schedule_step": rates(lambda o: lr.StepLR(o, 3, 0.1), 8),
    "schedule_exponential": rates(lambda o: lr.ExponentialLR(o, 0.9), 8),
    "schedule_linear": rates(lambda o: lr.LinearLR(o, 1.0, 0.2, 5), 8),
    "schedule_cosine": rates(lambda o: lr.CosineAnnealingLR(o, 6, 0.1), 7),
    "schedule_warmup_constant": rates(after_warmup(lambda o: lr.ConstantLR(o, 1.0)), 6),
    "schedule_warmup_step": rates(after_warmup(lambda o: lr.StepLR(o, 3, 0.1)), 10),
    "schedule_warmup_cosine": rates(after_warmup(lambda o: lr.CosineAnnealingLR(o, 6, 0.1)), 10),
    "schedule_warmup_linear": rates(after_warmup(lambda o: lr.LinearLR(o, 1.0, 0.2, 5)), 11),
}

with open(os.path.join(os.path.dirname(__file__), "optim_reference.txt"), "w") as file:
    for name, rows in ROWS.items():
        for step, values in rows:
            print(name, step, *values, file=file)
