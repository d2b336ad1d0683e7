"""What every measurement of `bench.sh` shares: processes run in turn, their time and memory, goals and the table of them.

A case names its contenders; they run in turn, so that whatever disturbs the machine disturbs all of them.
"""
import argparse, json, os, re, shutil, statistics, subprocess, sys, tempfile, threading, time


class Failure(Exception):
    pass


def note(text):
    print("bench: " + text, file=sys.stderr, flush=True)


class Run:
    """One measured process."""

    def __init__(self, command, environment, folder, errors):
        os.sync()
        begin = time.monotonic()
        with open(errors, "wb") as sink, open(errors + ".out", "wb") as output:
            child = subprocess.Popen(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL,
                                     stdout=output, stderr=sink)
            self.peak, done = 0, threading.Event()
            sampler = threading.Thread(target=self.watch, args=(child.pid, done))
            sampler.start()
            _, status, usage = os.wait4(child.pid, 0)
            self.seconds = time.monotonic() - begin
            child.returncode = self.status = os.waitstatus_to_exitcode(status)
            done.set()
            sampler.join()
        self.busy = (usage.ru_utime + usage.ru_stime) / self.seconds
        self.errors = open(errors, errors="replace").read()
        self.output = open(errors + ".out", errors="replace").read()

    def watch(self, process, done):
        while not done.wait(0.01):
            try:
                text = open(f"/proc/{process}/status").read()
            except OSError:
                return
            found = re.search(r"RssAnon:\s+(\d+) kB", text)
            self.peak = max(self.peak, int(found[1]) * 1024) if found else self.peak


class Contender:
    """What runs: its name, its command, what must be gone and made before each run, the rows that it must accept, and what its
    environment has beside that of all."""

    def __init__(self, name, command, inputs, rows, before=lambda: None, check=lambda run: None, environment={}):
        self.name, self.command, self.inputs, self.rows = name, command, inputs, rows
        self.before, self.check, self.environment, self.runs = before, check, environment, []

    @property
    def seconds(self):
        return statistics.median(run.seconds for run in self.runs)

    @property
    def busy(self):
        return statistics.median(run.busy for run in self.runs)

    @property
    def peak(self):
        return max(run.peak for run in self.runs)


class Bench:
    """A measurement of some executables and modules of the peers; `cases` says what it can measure, `packages` the packages of
    modules that have another name."""
    cases, executables, modules, packages = [], [], [], {}

    def __init__(self, options):
        self.options, self.root = options, options.root
        self.bin = os.path.abspath(options.bin or options.root + "/.build/release")
        self.keeps = options.work is not None
        self.work = os.path.abspath(options.work or tempfile.mkdtemp(prefix="nightjar-bench-"))
        os.makedirs(self.work, exist_ok=True)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("NIGHTJAR_")}
        self.environment.update(NIGHTJAR_KEYS=self.work + "/keys", TZ="UTC", LC_ALL="C")
        self.home, self.results, self.goals = self.work + "/home", [], []
        self.build()
        self.peers = self.find_peers()

    # --- What must be there -----------------------------------------------------------------------------------------

    def status(self, command, **options):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", **options)
        return done.returncode, done.stdout

    def quietly(self, command, **options):
        status, output = self.status(command, **options)
        return status == 0, output

    def build(self):
        if all(os.access(f"{self.bin}/{name}", os.X_OK) for name in self.executables):
            return
        if self.options.bin:
            raise Failure(f"{self.bin} lacks one of {', '.join(self.executables)}")
        note("building the release")
        fine, output = self.quietly(["swift", "build", "-c", "release"], cwd=self.root)
        if not fine:
            raise Failure("the release does not build:\n" + output[-2000:])

    def find_peers(self):
        """The folder of the peers and a Python that can run them, or None."""
        folder = os.path.abspath(os.path.join(self.root, self.options.peers))
        if not os.path.exists(folder + "/requirements.txt"):
            note(f"no peers in {self.options.peers} (--peers): Nightjar is measured alone")
            return None
        python = self.work + "/venv/bin/python"
        if not self.quietly([python, "-c", "import " + ", ".join(self.modules)])[0] if os.path.exists(python) else True:
            note("installing the peers")
            pinned = {line.split("==")[0]: line.strip() for line in open(folder + "/requirements.txt") if "==" in line}
            names = [self.packages.get(module, module) for module in self.modules]
            wanted = [pinned.get(name, name) for name in names]
            for command in ([sys.executable, "-m", "venv", self.work + "/venv"],
                            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]):
                fine, output = self.quietly(command)
                if not fine:
                    note(f"the peers cannot be installed, Nightjar is measured alone: {output.strip()[-300:]}")
                    return None
        return folder, python

    # --- Inputs -----------------------------------------------------------------------------------------------------

    def made(self, name, make):
        """The path of an input, made if absent: `make` gets a path to write to."""
        path = self.work + "/" + name
        if not os.path.exists(path):
            note("making " + name)
            make(path + ".part")
            os.rename(path + ".part", path)
        return path

    def shell(self, line):
        fine, output = self.quietly(["bash", "-euo", "pipefail", "-c", line], env=self.environment)
        if not fine:
            raise Failure(f"{line}: {output}")

    # --- Measuring --------------------------------------------------------------------------------------------------

    def race(self, case, contenders):
        """Runs the contenders in turn; returns them by name."""
        for path in {path for contender in contenders for path in contender.inputs}:
            with open(path, "rb") as file:
                while file.read(1 << 24):
                    pass
        for index in range(self.options.runs):
            for contender in contenders:
                contender.before()
                environment = self.environment | contender.environment
                run = Run(contender.command, environment, self.root, self.work + "/errors")
                contender.check(run)
                contender.runs.append(run)
            note(f"{case}, run {index + 1}: " + ", ".join(f"{c.name} {c.runs[-1].seconds:.2f} s" for c in contenders))
        for c in contenders:
            self.results.append({
                "case": case, "contender": c.name, "rows": c.rows, "medianSeconds": c.seconds,
                "seconds": [run.seconds for run in c.runs], "peakAnonymousBytes": c.peak, "busyCores": c.busy,
                "rowsPerSecond": c.rows / c.seconds if c.rows else None})
        return {contender.name: contender for contender in contenders}

    def goal(self, case, what, value, limit=None, at_least=False):
        holds = None if limit is None else value >= limit if at_least else value <= limit
        sign = "≥" if at_least else "≤"
        self.goals.append({"case": case, "what": what, "value": value, "limit": limit, "holds": holds,
                           "goal": "" if limit is None else f"{sign} {limit:g}"})

    def run(self):
        if os.getloadavg()[0] > 0.5:
            note(f"the machine is not quiet (load {os.getloadavg()[0]:.1f}): do not believe the figures")
        for case in self.options.cases:
            self.measure(case)

    def measure(self, case):
        getattr(self, "measure_" + case)()

    def table(self):
        lines = [f"{'case':<10} {'contender':<18} {'seconds':>9} {'rows/s':>12} {'cores':>6} {'anonymous MB':>13}"]
        for r in self.results:
            speed = f"{r['rowsPerSecond']:,.0f}" if r["rowsPerSecond"] else ""
            lines.append(f"{r['case']:<10} {r['contender']:<18} {r['medianSeconds']:>9.3f} {speed:>12} "
                         f"{r['busyCores']:>6.2f} {r['peakAnonymousBytes'] / 1e6:>13,.0f}")
        lines += ["", f"{'case':<10} {'what':<46} {'value':>14} {'goal':>8}  holds"]
        for g in self.goals:
            size = abs(g["value"])
            value = f"{g['value']:,.0f}" if size >= 1000 else f"{g['value']:.1e}" if 0 < size < 0.001 else f"{g['value']:.3f}"
            holds = {True: "yes", False: "NO", None: ""}[g["holds"]]
            lines.append(f"{g['case']:<10} {g['what']:<46} {value:>14} {g['goal']:>8}  {holds}".rstrip())
        return "\n".join(lines)


def main(kind, bench, rows=None, subscribers=1_000_000, options={}):
    """Reads the options of a kind of measurement, measures, prints and exits; `options` are those of the kind alone, with defaults."""
    parser = argparse.ArgumentParser(prog=f"bench.sh {kind}", allow_abbrev=False)
    parser.add_argument("--root", help=argparse.SUPPRESS)
    parser.add_argument("--bin")
    parser.add_argument("--peers", default="../shared/peers")
    parser.add_argument("--work")
    parser.add_argument("--cases", default=",".join(bench.cases))
    parser.add_argument("--runs", type=int, default=5)
    if rows:
        parser.add_argument("--rows", type=int, default=rows)
    parser.add_argument("--subscribers", type=int, default=subscribers)
    for name, default in options.items():
        parser.add_argument(name, default=default)
    parser.add_argument("--json", action="store_true")
    try:
        options = parser.parse_args()
    except SystemExit as end:
        sys.exit(64 if end.code else 0)
    options.cases = options.cases.split(",")
    unknown = [case for case in options.cases if case not in bench.cases]
    if unknown or min(options.runs, options.subscribers, getattr(options, "rows", 1)) < 1:
        print(f"bench.sh: no case {unknown[0]}: {' '.join(bench.cases)}" if unknown else "bench.sh: numbers begin at 1",
              file=sys.stderr)
        sys.exit(64)
    measured = None
    try:
        measured = bench(options)
        measured.run()
    except Failure as failure:
        note(str(failure))
        sys.exit(1)
    finally:
        if measured:
            shutil.rmtree(measured.home if measured.keeps else measured.work, ignore_errors=True)
    print(json.dumps({"runs": measured.results, "goals": measured.goals}, indent=1) if options.json
          else measured.table())
    sys.exit(0 if all(goal["holds"] is not False for goal in measured.goals) else 1)
