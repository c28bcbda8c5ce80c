# Data in Python. Make them first:  rhm generate -P 10000 --split train --format npy --latents -o data.npy
import sys
import numpy as np

data = np.load(sys.argv[1] if len(sys.argv) > 1 else "data.npy")  # one record a datum; add mmap_mode="r" for more than fits in memory
x, y = data["leaves"], data["label"]  # [P, d] symbols and [P] classes
one_hot = np.eye(x.max() + 1, dtype=np.float32)[x]  # [P, d, v], as a network sees it
print(x.shape, y.shape, one_hot.shape, "classes:", np.bincount(y), "fields:", data.dtype.names)
