"""PyTorch as a system, with its own L-BFGS. Speaks the protocol of ../protocol.ts.

usage: pytorch.py [--device cpu|cuda] [--tf32] [--threads N]
"""

import argparse
import json
import os
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

MARK = "@peers "
LAYERS = [(3, 64, 0), (64, 64, 0), (64, 128, 1), (128, 128, 1), (128, 256, 2)]
POOL_AFTER = (1, 3)
CONTENT_LAYER = 3
STYLE_WEIGHT = 1000


def timed(count, work, wait):
    """Milliseconds a unit of `work`, which does `count` units."""
    cpu, start = time.process_time(), time.perf_counter()
    work()
    wait()
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {"wall": 1e3 * wall / count, "cpu": 1e3 * cpu / count}


def resident_bytes():
    """Resident now, and at most. VmHWM is of this process alone; ru_maxrss may be its parent's."""
    try:
        with open("/proc/self/status") as status:
            fields = dict(line.split(":", 1) for line in status)
        return [1024 * int(fields[name].split()[0]) for name in ("VmRSS", "VmHWM")]
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return [peak if sys.platform == "darwin" else 1024 * peak] * 2


def gram(features):
    n, c, h, w = features.shape
    maps = features.reshape(n * c, h * w)
    return torch.mm(maps, maps.t()) / (n * c * h * w)


class Style:
    """The objective for images of one size, and the image being optimised."""

    def __init__(self, folder, size, device):
        def read(name, *shape):
            values = np.fromfile(os.path.join(folder, name + ".f32"), dtype="<f4")
            return torch.from_numpy(values).reshape(shape).to(device)

        self.filters = [
            (read(f"weight{i}", to, channels, 3, 3), read(f"bias{i}", to))
            for i, (channels, to, _) in enumerate(LAYERS)
        ]
        content, style, start = (read(f"{name}-{size}", 1, 3, size, size) for name in ("content", "style", "start"))
        with torch.no_grad():
            self.content = self.features(content)[CONTENT_LAYER]
            self.styles = [gram(layer) * STYLE_WEIGHT for layer in self.features(style)]
        self.x = start.clone().requires_grad_()

    def features(self, x):
        outputs = []
        for i, (weight, bias) in enumerate(self.filters):
            x = F.conv2d(x, weight, bias, padding=1)
            outputs.append(x)
            x = F.relu(x)
            if i in POOL_AFTER:
                x = F.max_pool2d(x, 2)
            if i == len(self.filters) - 1:
                break
        return outputs

    def losses(self):
        layers = self.features(self.x)
        content = F.mse_loss(layers[CONTENT_LAYER], self.content)
        style = sum(F.mse_loss(gram(a) * STYLE_WEIGHT, b) for a, b in zip(layers, self.styles))
        return style, content

    def evaluate(self):
        """Forward and backward: the loss, as a tensor, with the gradient in x.grad."""
        self.x.grad = None
        style, content = self.losses()
        loss = style + content
        loss.backward()
        return loss


class Optimiser:
    """torch.optim.LBFGS as PyTorch's tutorial uses it, never stopped by a tolerance."""

    def __init__(self, x, history=100):
        self.x = x
        self.inner = torch.optim.LBFGS([x], tolerance_grad=0, tolerance_change=0, history_size=history)

    def run(self, count, evaluate):
        """`count` evaluations, each followed by an update. Returns the last loss."""
        self.inner.param_groups[0].update(max_iter=count, max_eval=2 * count)
        losses = []

        def closure():
            loss = evaluate()
            losses.append(loss.detach())
            return loss

        self.inner.step(closure)
        if len(losses) != count:
            raise RuntimeError(f"its optimiser stopped after {len(losses)} of {count} evaluations")
        return float(losses[-1])

    @property
    def pairs(self):
        return len(self.inner.state[self.x].get("old_dirs", []))


def filled(x, history):
    """An optimiser of x with a full history, from a quadratic with curvatures of 1 to 10,000, and its evaluation."""
    generator = torch.Generator().manual_seed(1)
    draw = lambda: torch.rand(x.shape, generator=generator).to(x.device)
    curvatures, goal = 10 ** (4 * draw()), draw()

    def evaluate():
        away = x.detach() - goal
        x.grad = 2 * curvatures * away
        return (curvatures * away * away).sum()

    optimiser = Optimiser(x, history)
    for _ in range(3):
        # The first evaluation makes no pair, and of a few none may be kept.
        optimiser.run(history + 8, evaluate)
        if optimiser.pairs == history:
            break
    return optimiser, evaluate


class Torch:
    def __init__(self, options):
        self.device = options.device
        self.style = self.optimiser = self.full = None
        self.size = 0
        self.layers = {}

    def wait(self):
        if self.device == "cuda":
            torch.cuda.synchronize()

    def hello(self, folder):
        self.folder = folder
        name = torch.cuda.get_device_name() if self.device == "cuda" else f"{torch.get_num_threads()} threads"
        torch.zeros(1, device=self.device)
        return {
            "version": torch.__version__,
            "device": name,
            "software": self.device == "cpu",
            "can": ["evaluate", "layer", "lbfgs", "memory"],
            "idleBytes": resident_bytes()[0],
        }

    def setup(self, size):
        self.size = size
        self.style = Style(self.folder, size, self.device)
        self.optimiser = Optimiser(self.style.x)
        return self.evaluate(1)

    def check(self):
        style = Style(self.folder, self.size, self.device)
        parts = style.losses()
        sum(parts).backward()
        gradient = style.x.grad.double().abs()
        return {
            "style": float(parts[0]),
            "content": float(parts[1]),
            "gradientSum": float(gradient.sum()),
            "gradientMax": float(gradient.max()),
        }

    def evaluate(self, count):
        loss = []
        work = lambda: loss.append(self.optimiser.run(count, self.style.evaluate))
        return {**timed(count, work, self.wait), "loss": loss[0], "update": True}

    def layer(self, size, index, direction, count):
        key = (size, index, direction)
        if key not in self.layers:
            self.layers[key] = self.record_layer(*key)
        run = self.layers[key]
        return timed(count, lambda: [run() for _ in range(count)] and None, self.wait)

    def record_layer(self, size, index, direction):
        channels, to, halvings = LAYERS[index]
        side = size >> halvings
        make = lambda *shape: torch.randn(shape, device=self.device)
        x, weight, bias, dy = make(1, channels, side, side), make(to, channels, 3, 3), make(to), make(1, to, side, side)
        pair = [1, 1]
        if direction == "forward":
            return lambda: F.conv2d(x, weight, bias, padding=1)
        backward = torch.ops.aten.convolution_backward
        return lambda: backward(dy, x, weight, [to], pair, pair, pair, False, [0, 0], 1, [True, False, False])

    def lbfgs(self, size, history, count):
        if self.size != size:
            self.setup(size)
        evaluation = timed(count, lambda: [self.style.evaluate() for _ in range(count)] and None, self.wait)
        if self.full is None:
            self.full = filled(torch.full((1, 3, size, size), 0.5, device=self.device, requires_grad=True), history)
        optimiser, evaluate = self.full
        alone = timed(count, lambda: [float(evaluate()) for _ in range(count)] and None, self.wait)
        both = timed(count, lambda: optimiser.run(count, evaluate), self.wait)
        update = {clock: both[clock] - alone[clock] for clock in both}
        return {"update": update, "evaluation": evaluation, "pairs": optimiser.pairs}

    def memory(self, size, history):
        idle = resident_bytes()[0]
        if self.device == "cuda":
            torch.cuda.reset_peak_memory_stats()
        style = Style(self.folder, size, self.device)
        # The history fills on the cheap; what is evaluated then is the job itself, in the memory that is left.
        optimiser, _ = filled(style.x, history)
        optimiser.run(3, style.evaluate)
        answer = {"idleBytes": idle, "peakBytes": resident_bytes()[1], "pairs": optimiser.pairs}
        if self.device == "cuda":
            answer["deviceBytes"] = torch.cuda.max_memory_allocated()
        return answer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--tf32", action="store_true")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.tf32
    torch.backends.cudnn.benchmark = True
    if options.device == "cuda" and not torch.cuda.is_available():
        sys.exit("this PyTorch finds no CUDA device")
    system = Torch(options)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"answer": getattr(system, request.pop("verb"))(**request)}
        except Exception as error:  # whatever it is, the driver is told
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(f"\n{MARK}{json.dumps(answer)}", flush=True)


main()
