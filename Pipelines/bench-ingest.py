"""The measurements behind `bench.sh ingest`. Run that: it says what this does.

A case names its contenders; they run in turn, so that whatever disturbs the machine disturbs all of them. Every run of
Nightjar must accept every row, or the measurement is void.
"""
import argparse, json, os, re, shutil, statistics, subprocess, sys, tarfile, tempfile, threading, time, zipfile
from concurrent.futures import ThreadPoolExecutor

DATE = "2026-11-22"
FEED = "Pipelines/feeds/usage-bench.yaml"
MEMORY_GOAL = 1.5e9
# How busy the cores must be where several files or members allow all of them to work.
BUSY_GOAL = 0.75
HOURS = [f"{hour:02}" for hour in range(24)]
CASES = ["plain", "gz", "tar", "zip", "gz24", "rows", "semicolon", "tab", "crlf", "local", "quoted", "unmapped"]
# How each variant is made of the plain file, and what its feed says more.
VARIANTS = {
    "semicolon": ("tr , ';'", 'dialect: {delimiter: ";"}\n'),
    "tab": ("tr , '\\t'", 'dialect: {delimiter: "\\t"}\n'),
    "crlf": ("sed 's/$/\\r/'", ""),
    "local": ("sed 's/+03:00//'", ""),
    # One row in twenty has its texts in quotes.
    "quoted": ("""awk -F, -v OFS=, 'NR % 20 == 7 { for (i = 1; i <= 12; i++) if (i <= 2 || i == 9 || i == 10 || i == 12) """
               """$i = "\\"" $i "\\"" } { print }'""", ""),
    # Three columns that the feed does not map, between the others.
    "unmapped": ("""awk -F, -v OFS=, 'NR == 1 { $2 = $2 ",switch"; $9 = $9 ",trunk_group"; $12 = $12 ",comment" } """
                 """NR > 1 { $2 = $2 ",MSC" NR % 40; $9 = $9 "," NR % 977; $12 = $12 ",none" } { print }'""", ""),
}


class Failure(Exception):
    pass


def note(text):
    print("bench: " + text, file=sys.stderr, flush=True)


def write_usage(path, rows, subscribers):
    """The bytes of the peers' gen_usage, for whoever has no peers."""
    mask, state = (1 << 64) - 1, 88172645463325252

    def draw(bound):
        nonlocal state
        state ^= state << 13 & mask
        state ^= state >> 7
        state ^= state << 17 & mask
        return state % bound

    types = ["VOICE_MO", "VOICE_MT", "SMS_MO", "SMS_MT", "DATA"]
    with open(path, "w") as file:
        file.write("record_id,record_type,a_msisdn,b_msisdn,start_time,duration_s,bytes_up,bytes_down,cell_id,cause,"
                   "charge,currency\n")
        for _ in range(rows):
            key, kind, second = draw(1 << 64), draw(5), draw(86400)
            served, other = draw(subscribers), draw(5000000)
            duration = draw(1800) if kind < 2 else 0
            up, down = (draw(10000000), draw(100000000)) if kind == 4 else (0, 0)
            cell, sector = draw(20000), draw(9)
            cause = "normal" if draw(50) else "dropped"
            # C leaves the order of a call's arguments open; the compilers at hand evaluate the last one first.
            part, whole = draw(10000), draw(20)
            file.write(f"{key:016x},{types[kind]},9053{served:08},9054{other:08},{DATE}T{second // 3600:02}:"
                       f"{second // 60 % 60:02}:{second % 60:02}+03:00,{duration},{up},{down},286-01-{cell:05}-{sector},"
                       f"{cause},{whole}.{part:04},TRY\n")


class Run:
    """One measured process."""

    def __init__(self, command, environment, folder, errors):
        os.sync()
        begin = time.monotonic()
        with open(errors, "wb") as sink:
            child = subprocess.Popen(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=sink)
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

    def watch(self, process, done):
        while not done.wait(0.01):
            try:
                text = open(f"/proc/{process}/status").read()
            except OSError:
                return
            found = re.search(r"RssAnon:\s+(\d+) kB", text)
            self.peak = max(self.peak, int(found[1]) * 1024) if found else self.peak


class Contender:
    """What runs: its name, its command, what must be gone and made before each run, and the rows that it must accept."""

    def __init__(self, name, command, inputs, rows, before=lambda: None, check=lambda run: None):
        self.name, self.command, self.inputs, self.rows = name, command, inputs, rows
        self.before, self.check, self.runs = before, check, []

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
        self.generator = self.find_generator()

    # --- What must be there -----------------------------------------------------------------------------------------

    def quietly(self, command, **options):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", **options)
        return done.returncode == 0, done.stdout

    def build(self):
        if all(os.access(f"{self.bin}/{name}", os.X_OK) for name in ("nightjar", "nightjar-ingest")):
            return
        if self.options.bin:
            raise Failure(f"{self.bin} holds no nightjar and nightjar-ingest")
        note("building the release")
        fine, output = self.quietly(["swift", "build", "-c", "release"], cwd=self.root)
        if not fine:
            raise Failure("the release does not build:\n" + output[-2000:])

    def find_peers(self):
        """The folder of the peers and a Python that can run them, or None."""
        folder = os.path.abspath(os.path.join(self.root, self.options.peers))
        if not os.path.exists(folder + "/usage_duckdb_equal.py"):
            note(f"no peers in {self.options.peers} (--peers): Nightjar is measured alone")
            return None
        python = self.work + "/venv/bin/python"
        if not self.quietly([python, "-c", "import duckdb, polars"])[0] if os.path.exists(python) else True:
            note("installing the peers")
            wanted = [line.strip() for line in open(folder + "/requirements.txt")
                      if re.match(r"(duckdb|polars|pyarrow)\b", line)]
            for command in ([sys.executable, "-m", "venv", self.work + "/venv"],
                            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]):
                fine, output = self.quietly(command)
                if not fine:
                    note(f"the peers cannot be installed, Nightjar is measured alone: {output.strip()[-300:]}")
                    return None
        return folder, python

    def find_generator(self):
        if not self.peers:
            return None
        path = self.work + "/gen_usage"
        if not os.path.exists(path):
            compilers = [name for name in ("cc", "clang", "gcc") if shutil.which(name)]
            if not compilers or not self.quietly([compilers[0], "-O2", self.peers[0] + "/gen_usage.c", "-o", path])[0]:
                return None
        return path

    def find_igzip(self):
        if not shutil.which("igzip") and os.geteuid() == 0 and shutil.which("apt-get"):
            self.quietly(["apt-get", "install", "-y", "--no-install-recommends", "isal"])
        return shutil.which("igzip")

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

    def plain(self, rows=None):
        rows, subscribers = rows or self.options.rows, self.options.subscribers

        def make(path):
            if self.generator:
                self.shell(f"'{self.generator}' {rows} {subscribers} > '{path}'")
            else:
                write_usage(path, rows, subscribers)
        return self.made(f"usage-bench_{rows}_{subscribers}.csv", make)

    def name(self, what):
        return f"usage-bench_{self.options.rows}_{self.options.subscribers}_{what}"

    def gzip(self):
        return self.made(self.name("all.csv.gz"), lambda path: self.shell(f"gzip -6 -c '{self.plain()}' > '{path}'"))

    def hours(self):
        """Twenty-four files by the hour of the call, each with the header."""
        def make(folder):
            os.makedirs(folder, exist_ok=True)
            self.shell(f"""awk -F, -v folder='{folder}' 'NR == 1 {{ header = $0; next }}
                {{ path = folder "/usage-bench_" substr($5, 12, 2) ".csv"; if (!(path in seen)) {{ print header > path;
                seen[path] = 1 }} print > path }}' '{self.plain()}'""")
        folder = self.made(self.name("hours"), make)
        return [f"{folder}/usage-bench_{hour}.csv" for hour in HOURS]

    def gzip_hours(self):
        def make(folder):
            os.makedirs(folder, exist_ok=True)
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(lambda hour: self.shell(f"gzip -6 -c '{hour}' > '{folder}/{os.path.basename(hour)}.gz'"),
                              self.hours()))
        folder = self.made(self.name("gzipped"), make)
        return [f"{folder}/usage-bench_{hour}.csv.gz" for hour in HOURS]

    def tar(self):
        def make(path):
            with tarfile.open(path, "w:gz", compresslevel=6) as archive:
                for hour in self.hours():
                    archive.add(hour, os.path.basename(hour))
        return self.made(self.name("hours.tar.gz"), make)

    def zip(self):
        def make(path):
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                for hour in self.hours():
                    archive.write(hour, os.path.basename(hour))
        return self.made(self.name("hours.zip"), make)

    # --- Contenders -------------------------------------------------------------------------------------------------

    def nightjar(self, name, files, rows=None, feed=FEED):
        rows = rows or self.options.rows

        def before():
            shutil.rmtree(self.home, ignore_errors=True)
            fine, output = self.quietly([self.bin + "/nightjar", "init", "--home", self.home], env=self.environment)
            if not fine:
                raise Failure("init: " + output)

        def check(run):
            accepted = re.search(r"(\d+) rows? accepted", run.errors)
            if run.status not in (0, 3) or not accepted or int(accepted[1]) != rows:
                raise Failure(f"{name}: status {run.status}, not {rows} rows accepted:\n{run.errors[-2000:]}")
        command = [self.bin + "/nightjar-ingest", "--home", self.home, "--feed", feed, "--date", DATE, *files]
        return Contender(name, command, files, rows, before, check)

    def peer(self, name, script, path, target):
        folder, python = self.peers
        target = f"{self.work}/{target}"

        def before():
            shutil.rmtree(target) if os.path.isdir(target) else os.path.exists(target) and os.unlink(target)

        def check(run):
            if run.status != 0:
                raise Failure(f"{name}: status {run.status}:\n{run.errors[-2000:]}")
        return Contender(name, [python, f"{folder}/{script}", path, target], [path], self.options.rows, before, check)

    def equal(self, path):
        return [self.peer("duckdb-equal", "usage_duckdb_equal.py", path, "peer-equal")] if self.peers else []

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
                run = Run(contender.command, self.environment, self.root, self.work + "/errors")
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

    def memory(self, case, contender):
        self.goal(case, f"{contender.name}: peak anonymous memory, GB", contender.peak / 1e9, MEMORY_GOAL / 1e9)

    def measure_plain(self):
        path = self.plain()
        contenders = [self.nightjar("nightjar", [path])] + self.equal(path)
        if self.peers:
            contenders += [self.peer("duckdb", "usage_duckdb.py", path, "peer.parquet"),
                           self.peer("polars", "usage_polars.py", path, "peer.parquet")]
        found = self.race("plain", contenders)
        for peer, limit in (("duckdb-equal", 0.25), ("duckdb", 0.45), ("polars", 0.45)):
            if peer in found:
                self.goal("plain", f"nightjar / {peer}", found["nightjar"].seconds / found[peer].seconds, limit)
        self.memory("plain", found["nightjar"])

    def measure_gz(self):
        path, plain, igzip = self.gzip(), self.plain(), self.find_igzip()
        contenders = [self.nightjar("nightjar", [path]), self.nightjar("nightjar plain", [plain])] + self.equal(path)
        if igzip:
            contenders.append(Contender("igzip -dc", [igzip, "-dc", path], [path], 0))
        else:
            note("no igzip (package isal): one goal of gz is left out")
        found = self.race("gz", contenders)
        seconds = found["nightjar"].seconds
        if self.peers:
            self.goal("gz", "nightjar / duckdb-equal", seconds / found["duckdb-equal"].seconds, 0.25)
        if igzip:
            allowed = 1.3 * found["nightjar plain"].seconds + found["igzip -dc"].seconds
            self.goal("gz", "nightjar / (1.3 × plain + igzip -dc)", seconds / allowed, 1)

    def measure_files(self, case, files, limit):
        found = self.race(case, [self.nightjar("nightjar", files)])
        self.goal(case, "busy cores / cores", found["nightjar"].busy / os.cpu_count(), limit, at_least=True)

    def measure_tar(self):
        self.measure_files("tar", [self.tar()], None)

    def measure_zip(self):
        self.measure_files("zip", [self.zip()], BUSY_GOAL)

    def measure_gz24(self):
        self.measure_files("gz24", self.gzip_hours(), BUSY_GOAL)

    def measure_rows(self):
        sizes = [max(1, self.options.rows // 10), self.options.rows, self.options.rows * 4]
        small, base, large = self.race("rows", [self.nightjar(f"{rows} rows", [self.plain(rows)], rows)
                                                for rows in sizes]).values()
        for contender in (small, base, large):
            self.goal("rows", f"{contender.name}: rows per second", contender.rows / contender.seconds)
        for contender in (base, large):
            self.memory("rows", contender)
        self.goal("rows", f"time per row, {large.name} / {base.name}",
                  large.seconds / large.rows / (base.seconds / base.rows), 1.25)

    def measure_variant(self, case):
        filter, more = VARIANTS[case]
        plain = self.plain()
        path = self.made(self.name(case + ".csv"), lambda path: self.shell(f"{filter} < '{plain}' > '{path}'"))
        feed = FEED
        if more:
            feed = f"{self.work}/usage-bench-{case}.yaml"
            with open(feed, "w") as file:
                file.write(open(f"{self.root}/{FEED}").read() + more)
        found = self.race(case, [self.nightjar("nightjar", [path], feed=feed), self.nightjar("nightjar plain", [plain])])
        self.goal(case, "nightjar / nightjar plain", found["nightjar"].seconds / found["nightjar plain"].seconds, 1.5)
        if not self.keeps:
            os.unlink(path)

    def run(self):
        if os.getloadavg()[0] > 0.5:
            note(f"the machine is not quiet (load {os.getloadavg()[0]:.1f}): do not believe the figures")
        for case in self.options.cases:
            self.measure_variant(case) if case in VARIANTS else getattr(self, "measure_" + case)()

    def table(self):
        lines = [f"{'case':<10} {'contender':<18} {'seconds':>9} {'rows/s':>12} {'cores':>6} {'anonymous MB':>13}"]
        for r in self.results:
            speed = f"{r['rowsPerSecond']:,.0f}" if r["rowsPerSecond"] else ""
            lines.append(f"{r['case']:<10} {r['contender']:<18} {r['medianSeconds']:>9.3f} {speed:>12} "
                         f"{r['busyCores']:>6.2f} {r['peakAnonymousBytes'] / 1e6:>13,.0f}")
        lines += ["", f"{'case':<10} {'what':<46} {'value':>14} {'goal':>8}  holds"]
        for g in self.goals:
            value = f"{g['value']:,.0f}" if g["value"] >= 1000 else f"{g['value']:.3f}"
            holds = {True: "yes", False: "NO", None: ""}[g["holds"]]
            lines.append(f"{g['case']:<10} {g['what']:<46} {value:>14} {g['goal']:>8}  {holds}".rstrip())
        return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(prog="bench.sh ingest", allow_abbrev=False)
    parser.add_argument("--root", help=argparse.SUPPRESS)
    parser.add_argument("--bin")
    parser.add_argument("--peers", default="../shared/peers")
    parser.add_argument("--work")
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--subscribers", type=int, default=500_000)
    parser.add_argument("--json", action="store_true")
    try:
        options = parser.parse_args()
    except SystemExit as end:
        sys.exit(64 if end.code else 0)
    options.cases = options.cases.split(",")
    unknown = [case for case in options.cases if case not in CASES]
    if unknown or options.runs < 1 or options.rows < 1 or options.subscribers < 1:
        print(f"bench.sh: no case {unknown[0]}: {' '.join(CASES)}" if unknown else "bench.sh: numbers begin at 1",
              file=sys.stderr)
        sys.exit(64)
    bench = None
    try:
        bench = Bench(options)
        bench.run()
    except Failure as failure:
        note(str(failure))
        sys.exit(1)
    finally:
        if bench and not bench.keeps:
            shutil.rmtree(bench.work, ignore_errors=True)
        elif bench:
            shutil.rmtree(bench.home, ignore_errors=True)
    print(json.dumps({"runs": bench.results, "goals": bench.goals}, indent=1) if options.json else bench.table())
    sys.exit(0 if all(goal["holds"] is not False for goal in bench.goals) else 1)


if __name__ == "__main__":
    main()
