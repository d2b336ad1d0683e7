"""Cross-validation on the public table of a telecom operator with 7,043 customers. Run `bench.sh telco`: it says what this does.

Five stratified folds for each of ten seeds. On each fold our two learners, scikit-learn's logistic regression and LightGBM fit the same
rows and score the same rows; the table shows their mean AUC, paired differences and the calibration slope of the line.
"""
import json, os, statistics, sys

from measuring import Bench, Failure, main, note

FOLDS, SEEDS = 5, 10
# A small table wants a small model; the same numbers for both boosters.
TREES, LEAVES, RATE, MINIMUM = 100, 6, 0.05, 20
PENALTY = 1.0
AUC_GOAL, SLOPE_GOAL = 0.003, (0.9, 1.1)
LABEL, POSITIVE, NAME = "Churn", "Yes", "customerID"
FILE = "Telco-Customer-Churn.csv"

PEERS = r'''
import json, sys
import lightgbm, numpy as np, pyarrow.csv, pyarrow.parquet as pq
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

folder, file, seed, options = sys.argv[1], sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4])
read = pyarrow.csv.ConvertOptions(strings_can_be_null=True, null_values=["", " "], column_types={"SeniorCitizen": pyarrow.float64()})
table = pyarrow.csv.read_csv(file, convert_options=read)
y = np.array([value == options["positive"] for value in table[options["label"]].to_pylist()]).astype(int)
names = [name for name in table.column_names if name not in (options["label"], options["name"])]
texts = [name for name in names if pyarrow.types.is_string(table[name].type)]
values = {name: np.array(table[name].to_pylist(), dtype=object) for name in names}

def numbers(name): return np.array([np.nan if v is None else float(v) for v in values[name]])
levels = {name: sorted({v for v in values[name] if v is not None}) for name in texts}
trees = np.column_stack([numbers(n) if n not in texts else [np.nan if v is None else levels[n].index(v) for v in values[n]] for n in names])

def line(train, test):
    columns = []
    for name in names:
        if name in texts:
            columns += [(values[name] == level).astype(float) for level in levels[name]]
        else:
            column = numbers(name)
            columns.append(np.where(np.isnan(column), np.nanmean(column[train]), column))
    x = np.column_stack(columns)
    mean, deviation = x[train].mean(0), x[train].std(0)
    x = (x - mean) / np.where(deviation > 0, deviation, 1)
    model = LogisticRegression(C=1 / options["penalty"], max_iter=10_000, tol=1e-8).fit(x[train], y[train])
    return model.predict_proba(x[test])[:, 1]

def boosted(train, test):
    parameters = dict(objective="binary", num_leaves=options["leaves"], learning_rate=options["rate"], min_data_in_leaf=options["minimum"],
                      num_threads=1, verbose=-1, seed=1, deterministic=True)
    data = lightgbm.Dataset(trees[train], y[train], categorical_feature=[names.index(n) for n in texts], params=parameters)
    return lightgbm.train(parameters, data, options["trees"]).predict(trees[test])

found = []
for fold, (train, test) in enumerate(StratifiedKFold(options["folds"], shuffle=True, random_state=seed).split(trees, y)):
    for part, rows in (("train", train), ("test", test)):
        pyarrow.csv.write_csv(table.take(rows), f"{folder}/{part}-{fold}.csv")
    found.append({"logistic": roc_auc_score(y[test], line(train, test)), "gradient": roc_auc_score(y[test], boosted(train, test))})
print(json.dumps(found))
'''


class TelcoBench(Bench):
    cases, executables = ["folds"], ["nightjar-train"]
    modules = ["lightgbm", "sklearn", "pyarrow", "numpy"]
    packages = {"sklearn": "scikit-learn"}

    def __init__(self, options):
        self.file = os.path.join(options.root, options.data, FILE)
        if not os.path.exists(self.file):
            print(f"bench.sh: there is no {self.file}: --data names the folder of the public table; nothing was measured", file=sys.stderr)
            sys.exit(0)
        super().__init__(options)
        if not self.peers:
            raise Failure("the folds are cut and the peers fitted by their Python: name its folder with --peers")

    def fit(self, algorithm, fold, seed):
        command = [self.bin + "/nightjar-train", "fit", "--input", f"{self.work}/train-{fold}.csv", "--test", f"{self.work}/test-{fold}.csv",
                   "--label", LABEL, "--positive", POSITIVE, "--exclude", NAME, "--algorithm", algorithm, "--threads", "1", "--json", "--quiet"]
        if algorithm == "gradient":
            command += ["--trees", str(TREES), "--leaves", str(LEAVES), "--learning-rate", str(RATE), "--min-leaf", str(MINIMUM)]
        else:
            command += ["--l2", str(PENALTY), "--transform", self.options.transform, "--standard-errors", "none"]
        fine, output = self.quietly(command, env=self.environment)
        if not fine:
            raise Failure(f"nightjar-train, seed {seed}, fold {fold}: {output[-2000:]}")
        return json.loads(output[output.index("{"):output.rindex("}") + 1])

    def measure_folds(self):
        settings = dict(label=LABEL, positive=POSITIVE, name=NAME, folds=FOLDS, trees=TREES, leaves=LEAVES, rate=RATE, minimum=MINIMUM,
                        penalty=PENALTY)
        ours, theirs, slopes = {"logistic": [], "gradient": []}, {"logistic": [], "gradient": []}, []
        for seed in range(1, self.options.runs * 2 + 1):
            fine, output = self.quietly([self.peers[1], "-c", PEERS, self.work, self.file, str(seed), json.dumps(settings)])
            if not fine:
                raise Failure("the peers: " + output[-2000:])
            for fold, peer in enumerate(json.loads(output.strip().splitlines()[-1])):
                for algorithm in ours:
                    found = self.fit(algorithm, fold, seed)
                    ours[algorithm].append(found["auc"])
                    theirs[algorithm].append(peer[algorithm])
                    if algorithm == "logistic":
                        slopes.append(found["evaluation"]["calibrationSlope"])
            note(f"seed {seed}: AUC of the line {statistics.mean(ours['logistic']):.5f} and {statistics.mean(theirs['logistic']):.5f}, "
                 f"of trees {statistics.mean(ours['gradient']):.5f} and {statistics.mean(theirs['gradient']):.5f}")
        for algorithm, peer in (("logistic", "scikit-learn"), ("gradient", "LightGBM")):
            differences = [a - b for a, b in zip(ours[algorithm], theirs[algorithm])]
            self.goal(algorithm, "mean AUC", statistics.mean(ours[algorithm]))
            self.goal(algorithm, f"mean AUC of {peer}", statistics.mean(theirs[algorithm]))
            self.goal(algorithm, "mean paired difference", statistics.mean(differences), -AUC_GOAL, at_least=True)
            self.goal(algorithm, "standard deviation of the difference", statistics.stdev(differences))
        self.goal("logistic", "mean calibration slope", statistics.mean(slopes), SLOPE_GOAL[0], at_least=True)
        self.goal("logistic", "mean calibration slope", statistics.mean(slopes), SLOPE_GOAL[1])


if __name__ == "__main__":
    main("telco", TelcoBench, options={"--data": "../shared/data/telco-ibm", "--transform": "none"})
