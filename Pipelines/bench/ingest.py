"""The measurements behind `bench.sh ingest`. Run that: it says what this does.

Every run of Nightjar must accept every row, or the measurement is void.
"""
import os, re, shutil, tarfile, zipfile
from concurrent.futures import ThreadPoolExecutor

from measuring import Bench, Contender, Failure, main, note

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


class IngestBench(Bench):
    cases, executables, modules = CASES, ["nightjar", "nightjar-ingest"], ["duckdb", "polars", "pyarrow"]

    def __init__(self, options):
        super().__init__(options)
        self.generator = self.find_generator()

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

    def measure(self, case):
        self.measure_variant(case) if case in VARIANTS else super().measure(case)

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


if __name__ == "__main__":
    main("ingest", IngestBench, rows=10_000_000, subscribers=500_000)
