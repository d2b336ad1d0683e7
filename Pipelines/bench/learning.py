"""The measurements behind `bench.sh learning`. Run that: it says what this does.

The tables are the peer's: one to train on, one to test, of numbers with some missing. `gradient`, `rows` and `columns` grow trees
on tables of three shapes, `reasons` scores and explains the peer's own model on the same rows, `logistic` fits the line,
`exchange` hands models to and fro. What is compared are the seconds of each step as each contender tells them: reading files
is left out on both sides.
"""
import ast, json, os, re, statistics

from measuring import Bench, Contender, Failure, main

CASES = ["gradient", "rows", "columns", "reasons", "logistic", "exchange"]
TREES, LEAVES, RATE, MINIMUM = 100, 63, 0.1, 100
# Columns of the base tables; of their rows a fifth is for testing.
COLUMNS = 50
# The tables of `rows` and `columns`: rows and columns.
LONG, WIDE = (6_250_000, 50), (62_500, 500)
# Rows that the peer explains.
EXPLAINED_ROWS = 20_000
FAST_GOAL, DEFAULT_GOAL, AUC_GOAL, LOSS_GOAL = 1.0, 0.6, 0.0005, 0.001
SCORE_GOAL, REASONS_GOAL, LOGISTIC_GOAL, MEMORY_GOAL = 0.4, 0.1, 1.0, 1.3
# Bytes a row of gradients beside the bins: gradient, hessian and score, doubles each.
GRADIENT_BYTES = 24
TOLERANCE, COEFFICIENT_GOAL = 1e-9, 1e-5
EXCHANGE_GOAL, LOSS_RATIO_GOAL = 1e-12, 1.005


class LearningBench(Bench):
    cases, executables = CASES, ["nightjar-train", "nightjar-score"]
    modules = ["lightgbm", "sklearn", "pyarrow", "numpy"]
    packages = {"sklearn": "scikit-learn"}

    def __init__(self, options):
        super().__init__(options)
        if not self.peers:
            raise Failure("the tables are made by the peers' script: name its folder with --peers")

    # --- Inputs -----------------------------------------------------------------------------------------------------

    def peer(self, *arguments):
        folder, python = self.peers
        return [python, folder + "/boosting.py", *arguments]

    def must(self, what, command):
        fine, output = self.quietly(command, env=self.environment, cwd=self.root)
        if not fine:
            raise Failure(f"{what}: {output[-2000:]}")

    def tables(self, rows, columns):
        """A folder with the peer's tables to train on and to test."""
        return self.made(f"learning-{rows}-{columns}",
                         lambda path: self.must("make", self.peer("make", path, str(rows), str(columns))))

    def renamed(self, folder):
        """The table to test by the names that the peer's model gives its columns; whole, and the rows that it explains."""
        script = ("import pyarrow.parquet as pq, sys\n"
                  "table = pq.read_table(sys.argv[1] + '/test.parquet').drop_columns(['label'])\n"
                  "table = table.rename_columns([f'Column_{i}' for i in range(table.num_columns)])\n"
                  "pq.write_table(table, sys.argv[1] + '/renamed.parquet', compression='zstd')\n"
                  f"pq.write_table(table.slice(0, {EXPLAINED_ROWS}), sys.argv[1] + '/head.parquet', compression='zstd')")
        if not os.path.exists(folder + "/head.parquet"):
            self.must("rename", [self.peers[1], "-c", script, folder])
        return folder + "/renamed.parquet", folder + "/head.parquet"

    # --- Contenders -------------------------------------------------------------------------------------------------

    def ours(self, folder, algorithm, *options):
        def check(run):
            if run.status != 0:
                raise Failure(f"nightjar-train: status {run.status}:\n{run.errors[-2000:]}")
            found = json.loads(run.output)
            run.steps, run.auc, run.loss = found["seconds"], found["auc"], found["logLoss"]
        command = [self.bin + "/nightjar-train", "fit", "--input", folder + "/train.parquet", "--test",
                   folder + "/test.parquet", "--label", "label", "--algorithm", algorithm, "--json", *options]
        if algorithm == "gradient":
            command += ["--trees", str(TREES), "--leaves", str(LEAVES), "--learning-rate", str(RATE), "--min-leaf", str(MINIMUM)]
        return Contender("nightjar", command, [folder + "/train.parquet", folder + "/test.parquet"], None, check=check)

    def theirs(self, folder, peer, is_quantised=False):
        def check(run):
            found = re.search(r"(\{.*\}) auc ([\d.]+) logloss ([\d.]+)", run.output)
            if run.status != 0 or not found:
                raise Failure(f"{peer}: status {run.status}:\n{run.errors[-2000:]}")
            run.steps, run.auc, run.loss = ast.literal_eval(found[1]), float(found[2]), float(found[3])
        return Contender(peer + (" fast" if is_quantised else ""), self.peer(peer, folder), [], None, check=check,
                         environment={"QUANTISED": "1"} if is_quantised else {})

    def scoring(self, folder, table, *options):
        def check(run):
            if run.status != 0:
                raise Failure(f"nightjar-score: status {run.status}:\n{run.errors[-2000:]}")
            run.steps = json.loads(run.output)["seconds"]
        command = [self.bin + "/nightjar-score", "--model", folder + "/lightgbm.txt", "--input", table, "--json", *options]
        return Contender("nightjar-score" + (" --reasons" if options else ""), command, [table], None, check=check)

    @staticmethod
    def median(contender, *steps):
        return statistics.median(sum(run.steps[step] for step in steps) for run in contender.runs)

    # --- Measuring --------------------------------------------------------------------------------------------------

    def boost(self, case, rows, columns):
        folder = self.tables(rows, columns)
        ours, fast, default = self.race(case, [
            self.ours(folder, "gradient"), self.theirs(folder, "lightgbm", True), self.theirs(folder, "lightgbm")]).values()
        for name, peer, goal in (("fast lightgbm", fast, FAST_GOAL), ("lightgbm", default, DEFAULT_GOAL)):
            self.goal(case, f"bin and train / {name}", self.median(ours, "bin", "train") / self.median(peer, "bin", "train"),
                      goal if case == "gradient" else 1.0)
        best = max(fast.runs[0].auc, default.runs[0].auc), min(fast.runs[0].loss, default.runs[0].loss)
        self.goal(case, "AUC below the better lightgbm", best[0] - ours.runs[0].auc, AUC_GOAL)
        self.goal(case, "log loss above the better lightgbm", ours.runs[0].loss - best[1], LOSS_GOAL)
        return ours

    def measure_gradient(self):
        self.boost("gradient", self.options.rows, COLUMNS)

    def measure_rows(self):
        rows, columns = LONG
        ours = self.boost("rows", rows, columns)
        least = rows * 4 // 5 * (columns + GRADIENT_BYTES)
        self.goal("rows", "anonymous memory / bins and gradients", ours.peak / least, MEMORY_GOAL)

    def measure_columns(self):
        self.boost("columns", *WIDE)

    def measure_reasons(self):
        folder = self.tables(self.options.rows, COLUMNS)
        table, head = self.renamed(folder)
        if not os.path.exists(folder + "/lightgbm.txt"):
            self.must("lightgbm", self.peer("lightgbm", folder))
        scores = self.work + "/scores.parquet"
        theirs, scored, explained = self.race("reasons", [
            self.theirs(folder, "lightgbm"), self.scoring(folder, table),
            self.scoring(folder, head, "--reasons", "all", "--output", scores)]).values()
        self.goal("reasons", "scoring / lightgbm", self.median(scored, "score") / self.median(theirs, "score"), SCORE_GOAL)
        self.goal("reasons", "contributions / lightgbm", self.median(explained, "explain") / self.median(theirs, "shap"),
                  REASONS_GOAL)
        self.compare(folder, head, scores)

    def compare(self, folder, head, scores):
        """Holds every contribution and score against the peer's."""
        script = (
            "import lightgbm, numpy, pyarrow.parquet as pq, sys\n"
            "def matrix(path, keep): table = pq.read_table(path); return numpy.column_stack([table[name].to_numpy("
            "zero_copy_only=False).astype(float) for name in table.column_names if keep(name)])\n"
            "model = lightgbm.Booster(model_file=sys.argv[1])\nx = matrix(sys.argv[2], lambda name: True)\n"
            "theirs = model.predict(x, pred_contrib=True)\n"
            "ours = matrix(sys.argv[3], lambda name: name.startswith('contribution_') or name == 'base_value')\n"
            "ours = numpy.roll(ours, -1, axis=1)\nraw = matrix(sys.argv[3], lambda name: name == 'raw_score')[:, 0]\n"
            "scale = numpy.abs(theirs).max(axis=1, keepdims=True)\n"
            "print(max((numpy.abs(ours - theirs) / scale).max(), numpy.abs(raw - model.predict(x, raw_score=True)).max(), "
            "numpy.abs(ours.sum(axis=1) - raw).max()))")
        fine, output = self.quietly([self.peers[1], "-c", script, folder + "/lightgbm.txt", head, scores])
        if not fine:
            raise Failure("contributions could not be compared: " + output[-2000:])
        self.goal("reasons", "greatest difference of a contribution or score", float(output.split()[-1]), TOLERANCE)

    def measure_logistic(self):
        folder, model = self.tables(self.options.rows, COLUMNS), self.work + "/line.json"
        # The peer's design: a missing value takes the mean, and nothing marks it.
        ours, theirs = self.race("logistic", [
            self.ours(folder, "logistic", "--missing", "mean", "--model", model, "--standard-errors", "none"),
            self.theirs(folder, "logistic")]).values()
        self.goal("logistic", "training / scikit-learn", self.median(ours, "train") / self.median(theirs, "train"),
                  LOGISTIC_GOAL)
        self.goal("logistic", "AUC below scikit-learn", theirs.runs[0].auc - ours.runs[0].auc, AUC_GOAL)
        self.compare_line(folder, model)

    def compare_line(self, folder, model):
        """Holds every standardised coefficient and the intercept against those of scikit-learn in doubles, at its optimum."""
        script = (
            "import json, numpy, pyarrow.parquet as pq, sys\n"
            "from sklearn.linear_model import LogisticRegression\n"
            "table = pq.read_table(sys.argv[1]); y = table['label'].to_numpy()\n"
            "names = [name for name in table.column_names if name != 'label']\n"
            "x = numpy.column_stack([table[name].to_numpy(zero_copy_only=False).astype(float) for name in names])\n"
            "x = numpy.nan_to_num((x - numpy.nanmean(x, 0)) / numpy.sqrt(numpy.nansum((x - numpy.nanmean(x, 0)) ** 2, 0) / len(x)))\n"
            "theirs = LogisticRegression(C=1.0, max_iter=1000, tol=1e-9).fit(x, y)\n"
            "ours = json.load(open(sys.argv[2])); terms = {}\n"
            "for term in ours['terms']: terms[ours['features'][term['source']['value']['feature']]['name']] = term['coefficient']\n"
            "difference = numpy.array([terms[name] for name in names]) - theirs.coef_[0]\n"
            "print(max(numpy.abs(difference).max(), abs(ours['intercept'] - theirs.intercept_[0])))")
        fine, output = self.quietly([self.peers[1], "-c", script, folder + "/train.parquet", model])
        if not fine:
            raise Failure("coefficients could not be compared: " + output[-2000:])
        self.goal("logistic", "greatest difference of a coefficient", float(output.split()[-1]), COEFFICIENT_GOAL)


    def measure_exchange(self):
        """Models handed to and fro, for every objective."""
        script = os.path.join(self.root, "Pipelines/bench/exchange.py")
        fine, output = self.quietly([self.peers[1], script, self.bin, self.work + "/exchange"], env=self.environment)
        if not fine:
            raise Failure("models could not be exchanged: " + output[-2000:])
        for objective, found in json.loads(output.splitlines()[-1]).items():
            differences = [value for name, value in found.items() if "model" in name]
            self.goal("exchange", f"{objective}: greatest difference of a prediction", max(differences), EXCHANGE_GOAL)
            self.goal("exchange", f"{objective}: loss / lightgbm", found["our loss"] / found["their loss"], LOSS_RATIO_GOAL)


if __name__ == "__main__":
    main("learning", LearningBench, rows=1_000_000)
