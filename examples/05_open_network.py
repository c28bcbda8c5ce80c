# A trained network in NumPy. Make one first:  rhm train --save net.npy
# and run:  python3 05_open_network.py net.npy data.npy   (data.npy: see 01_open_data.py; whole strings of the same task)
import json
import sys

import numpy as np

net = np.load(sys.argv[1])[0]
run, result = json.loads(net["run"]), json.loads(net["result"])
print(run["rule"], "after", result["steps"], "steps: test accuracy", result["test_accuracy"])
for name in net.dtype.names[2:]:
    print(name, net[name].shape)

# The forward pass of a cnn or fcn without bias: h = relu(x W) for each group of positions.
data = np.load(sys.argv[2])
h = np.eye(run["vocab"], dtype=np.float32)[data["leaves"]].reshape(len(data), -1)
for name in [n for n in net.dtype.names if n.startswith("W") and n != "Wout"]:
    h = np.maximum(h.reshape(len(data), -1, len(net[name])) @ net[name], 0).reshape(len(data), -1)
print("accuracy in NumPy", np.mean((h @ net["Wout"]).argmax(axis=1) == data["label"]))
