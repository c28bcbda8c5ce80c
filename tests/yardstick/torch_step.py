"""A training step of bp beside PyTorch's, one thread, in turns within one run:  torch_step.py OURS

The same networks, batch 128, ReLU, linear readout, cross-entropy, Adam with learning rate 1e-3. PyTorch is written in several ways
and the fastest on each network counts."""
import os
import statistics
import subprocess
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print("skipped: this Python has no PyTorch (Debian: python3-torch), so there is nothing to compare a step with")
    sys.exit(0)

torch.set_num_threads(1)
N, REPEATS = 128, 9


def network(v, L, H, first, foreach):
    """One training step as a function; `first` says how the one-hot input is written."""
    W = [torch.nn.Parameter(torch.randn(2 * v if l == 0 else 2 * H, H) * (1 / (v if l == 0 else H)) ** 0.5) for l in range(L)]
    out = torch.nn.Parameter(torch.randn(H, v) / H ** 0.5)
    if first == "conv1d":
        W = [torch.nn.Parameter(w.detach().reshape(2, -1, H).permute(2, 1, 0).contiguous()) for w in W]
    adam = torch.optim.Adam(W + [out], 1e-3, foreach=foreach)
    symbols, labels = torch.randint(0, v, (512, 2 ** L)), torch.randint(0, v, (512,))
    if first == "embedding":
        data = (symbols + v * (torch.arange(2 ** L) % 2)).reshape(512, -1, 2)
    else:
        data = F.one_hot(symbols, v).float()
        if first == "conv1d":
            data = data.transpose(1, 2).contiguous()

    def forward(x):
        if first == "conv1d":
            for w in W:
                x = torch.relu(F.conv1d(x, w, stride=2))
            return x.reshape(N, -1) @ out
        if first == "embedding":
            h = F.embedding_bag(x.reshape(-1, 2), W[0], mode="sum")
        else:
            h = x.reshape(N * 2 ** (L - 1), -1) @ W[0]
        for w in W[1:]:
            h = torch.relu(h).reshape(-1, 2 * H) @ w
        return torch.relu(h) @ out

    def step():
        i = torch.randint(0, 512, (N,))
        adam.zero_grad(set_to_none=True)
        F.cross_entropy(forward(data[i]), labels[i]).backward()
        adam.step()

    return step


def milliseconds(step, steps):
    start = time.process_time()
    for _ in range(steps):
        step()
    return (time.process_time() - start) / steps * 1e3


ours = subprocess.Popen([sys.argv[1], "step"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def our_milliseconds(v, L, H):
    print(v, L, H, file=ours.stdin, flush=True)
    return float(ours.stdout.readline())


print(f"One training step of bp, batch {N}, Adam, one thread: ours and PyTorch {torch.__version__}, milliseconds\n")
print("network              ours  PyTorch   PyTorch/ours  range            PyTorch's best way")
for v, L, H in ((6, 3, 72), (8, 3, 128), (8, 4, 128), (16, 3, 512)):
    ways = {f"{first}, foreach={foreach}": network(v, L, H, first, foreach) for first in ("one-hot", "embedding", "conv1d") for foreach in (False, True)}
    steps = 20 if H < 512 else 5
    for step in ways.values():
        milliseconds(step, 5)
    mine, theirs = [], {way: [] for way in ways}
    for _ in range(REPEATS):
        mine.append(our_milliseconds(v, L, H))
        for way, step in ways.items():
            theirs[way].append(milliseconds(step, steps))
    best = min(theirs, key=lambda way: statistics.median(theirs[way]))
    a, b = statistics.median(mine), statistics.median(theirs[best])
    ratios = [t / m for t, m in zip(theirs[best], mine)]
    print(f"v={v:<2} L={L} width {H:<4} {a:9.3f} {b:8.3f} {statistics.median(ratios):11.2f}      {min(ratios):5.2f} .. {max(ratios):5.2f}   {best}")
ours.stdin.close()
ours.wait()
