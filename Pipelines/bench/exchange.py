"""Models handed to and fro: run by the peers' Python from `learning.py`.

exchange.py BIN DIR     trains with LightGBM and with nightjar-train on the same rows, for every objective; each scores by the
                        other's model. Prints one JSON object: by objective the greatest relative difference of a prediction
                        each way, and the mean loss of both on rows that neither has seen.
"""
import json, os, subprocess, sys
import lightgbm, numpy as np, pyarrow as pa, pyarrow.parquet as pq

ROWS, TREES, LEAVES, RATE, MINIMUM, SMOOTHING = 40_000, 60, 31, 0.1, 50, 1.0
LEVELS = ["north", "east", "south", "west", "centre", "islands", "abroad", "unknown"]
NAMES = [f"f{i}" for i in range(6)] + ["region"]
# Objective here, and what LightGBM calls it.
OBJECTIVES = {"logistic": "binary", "squared": "regression", "poisson": "poisson", "gamma": "gamma", "tweedie": "tweedie",
              "quantile": "quantile"}
LEVEL, POWER = 0.8, 1.4
# Tables to learn from, each with another to test.
DRAWS = 3


def made(seed):
    """Six numbers, some missing, some infinite, one mostly zero, and a region; and labels of every kind."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(ROWS, 6))
    x[:, 3] = np.where(rng.random(ROWS) < 0.7, 0, x[:, 3])
    x[rng.random((ROWS, 6)) < 0.05] = np.nan
    region = rng.integers(0, len(LEVELS), ROWS)
    for value in (np.inf, -np.inf):
        x[rng.random((ROWS, 6)) < 0.01] = value
    z = np.clip(np.nan_to_num(x), -4, 4)
    score = 0.6 * z[:, 0] - 0.4 * z[:, 1] * z[:, 2] + 0.5 * np.isnan(x[:, 4]) + 0.3 * (region % 3) + 0.4 * (z[:, 3] > 0) - 0.5
    mean = np.exp(0.5 * score)
    labels = {"logistic": (rng.random(ROWS) < 1 / (1 + np.exp(-score))).astype(float), "squared": score + rng.normal(size=ROWS),
              "poisson": rng.poisson(mean).astype(float), "gamma": rng.gamma(2, mean / 2) + 1e-6}
    labels["tweedie"] = np.array([rng.gamma(1.5, 0.7, n).sum() for n in rng.poisson(mean)])
    labels["quantile"] = labels["squared"]
    return x, region, labels


def loss(objective, y, p):
    """The mean loss; for objectives with a deviance up to what depends on the labels alone."""
    if objective == "logistic":
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    if objective == "squared":
        return np.mean((y - p) ** 2) / 2
    if objective == "poisson":
        return np.mean(p - y * np.log(p))
    if objective == "gamma":
        return np.mean(np.log(p) + y / p)
    if objective == "tweedie":
        return np.mean(-y * p ** (1 - POWER) / (1 - POWER) + p ** (2 - POWER) / (2 - POWER))
    return np.mean(np.where(y > p, LEVEL * (y - p), (1 - LEVEL) * (p - y)))


def write(path, x, region, label):
    """A table with levels as texts under `region`, and as codes under the name that LightGBM gives the column."""
    columns = {name: pa.array(x[:, i], mask=np.isnan(x[:, i])) for i, name in enumerate(NAMES[:-1])}
    columns["region"] = pa.array([LEVELS[code] for code in region])
    codes = {f"Column_{i}": columns[name] for i, name in enumerate(NAMES[:-1])}
    codes["Column_6"] = pa.array(region.astype(float))
    pq.write_table(pa.table({**columns, "label": label}), path)
    pq.write_table(pa.table(codes), path + ".codes")


def scored(binary, model, table):
    command = [binary + "/nightjar-score", "--model", model, "--input", table, "--output", table + ".scores"]
    subprocess.run(command, check=True, capture_output=True)
    return pq.read_table(table + ".scores").columns[-1].to_numpy()


def differ(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(1, np.abs(b))))


def exchange(binary, folder):
    """One draw's loss is chance to half a percent, so that means of several are told; of differences the greatest."""
    draws = [exchange_draw(binary, folder, seed) for seed in range(1, 2 * DRAWS, 2)]
    return {objective: {name: (np.mean if name.endswith("loss") else max)([draw[objective][name] for draw in draws])
                        for name in draws[0][objective]} for objective in OBJECTIVES}


def exchange_draw(binary, folder, seed):
    x, region, labels = made(seed)
    xt, regiont, labelst = made(seed + 1)
    matrix, matrixt = np.column_stack([x, region]), np.column_stack([xt, regiont])
    found = {}
    for objective, theirs in OBJECTIVES.items():
        train, test = f"{folder}/train.parquet", f"{folder}/test.parquet"
        write(train, x, region, labels[objective])
        write(test, xt, regiont, labelst[objective])
        result = found[objective] = {}
        for kind, extra in (("", {}), (" zero as missing", {"zero_as_missing": True}), (" missing unused", {"use_missing": False})):
            parameters = dict(objective=theirs, num_leaves=LEAVES, learning_rate=RATE, min_data_in_leaf=MINIMUM, alpha=LEVEL,
                              lambda_l2=SMOOTHING, tweedie_variance_power=POWER, verbose=-1, num_threads=2, **extra)
            booster = lightgbm.train(parameters, lightgbm.Dataset(matrix, labels[objective], categorical_feature=[6]), TREES)
            booster.save_model(folder + "/theirs.txt")
            predictions = booster.predict(matrixt)
            result["their model" + kind] = differ(scored(binary, folder + "/theirs.txt", test + ".codes"), predictions)
            if not kind:
                result["their loss"] = float(loss(objective, labelst[objective], predictions))
        command = [binary + "/nightjar-train", "fit", "--input", train, "--label", "label", "--objective", objective, "--trees",
                   str(TREES), "--leaves", str(LEAVES), "--learning-rate", str(RATE), "--min-leaf", str(MINIMUM), "--l2",
                   str(SMOOTHING), "--quantile-level", str(LEVEL), "--tweedie-power", str(POWER), "--model",
                   folder + "/ours.txt"]
        subprocess.run(command, check=True, capture_output=True)
        ours = scored(binary, folder + "/ours.txt", test)
        text = open(folder + "/ours.txt").read()
        levels = json.loads(text[text.rindex("pandas_categorical:") + len("pandas_categorical:"):])[0]
        code = np.array([levels.index(LEVELS[one]) if LEVELS[one] in levels else -1 for one in regiont], dtype=float)
        result["our model"] = differ(lightgbm.Booster(model_file=folder + "/ours.txt").predict(np.column_stack([xt, code])), ours)
        result["our loss"] = float(loss(objective, labelst[objective], ours))
    return found


if __name__ == "__main__":
    os.makedirs(sys.argv[2], exist_ok=True)
    print(json.dumps(exchange(sys.argv[1], sys.argv[2])))
