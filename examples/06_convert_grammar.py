# A grammar of the RHM authors' first generator (hierarchical_features() of pcsl-epfl/hierarchy-learning) as one of rhm's.
# Where theirs is made:  json.dump([f.tolist() for f in features], open("features.json", "w"));  then
#   python3 06_convert_grammar.py features.json 8 >grammar.json;  rhm train --grammar grammar.json -L 3 -P 1000
# features[0] lists the classes; features[k] has, for every symbol in the order in which features[k - 1] lists them, its m tuples.
# There only symbols that occur have rules; the others get none.
import json
import sys


def flat(x):
    return [symbol for part in x for symbol in flat(part)] if isinstance(x, list) else [x]


def convert(features, v):
    levels = []
    for above, tuples in zip(features, features[1:]):
        rules = dict(zip(reversed(flat(above)), reversed(tuples)))  # of a symbol that is listed often, the first
        m, s = len(tuples[0]), len(tuples[0][0])
        symbols = len(features[0]) if not levels else v
        levels.append([rules.get(i, []) for i in range(symbols)])
    return {"vocab": v, "classes": len(features[0]), "synonyms": m, "tuple": s, "levels": len(levels), "rules": levels[::-1]}


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        print(json.dumps(convert(json.load(file), int(sys.argv[2]))))
