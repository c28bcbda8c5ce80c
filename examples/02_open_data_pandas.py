# Data in pandas. Make them first:  rhm generate -P 10000 --split train --format csv -o data.csv
import sys
import pandas as pd

data = pd.read_csv(sys.argv[1] if len(sys.argv) > 1 else "data.csv")  # columns label, x0, x1, ...
print(data.groupby("label").mean())  # mean symbol at each position in each class
