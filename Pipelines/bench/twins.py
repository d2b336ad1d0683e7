"""The measurements behind `bench.sh twins`. Run that: it says what this does.

The facts are the peer's: daily sums of 91 days, and one new day. Nightjar takes them through its own ingest, as feeds of
use by day, and of subscriptions, customers and consents, and makes the twins of the last of the 91 days; what is measured is the night after: with a
catalogue of the peer's very sums, and with the ones of the house: twins of subscriptions, customers, products and processes.
The peer's facts are of use alone; `families` is a night of the synthetic operator, with facts of every kind.
"""
import datetime, json, os, re, shutil, statistics, time

from measuring import Bench, Contender, Failure, main, note

CASES = ["sums", "twin", "families", "growth", "history"]
# Days of facts behind the night that is measured; `history` has homes of the others.
DAYS, SHORT_DAYS, LONG_DAYS = 91, 100, 365
FIRST = datetime.date(2026, 6, 1)
SUMS_GOAL, TWIN_GOAL, GROWTH_GOAL, HISTORY_GOAL, MEMORY_GOAL, SHOW_GOAL = 1 / 8, 1 / 3, 5.5, 1.1, 3e9, 0.3
NIGHT_GOAL = 20
# The two nights of the synthetic operator that bring raw records, of so many days of facts.
SYNTHETIC_NIGHTS = [datetime.date(2026, 11, 22), datetime.date(2026, 11, 23)]
SYNTHETIC_DAYS = 120
# The peer's measures by the name that they have here.
MEASURES = {
    "voice_out_count": "calls_out", "voice_in_count": "calls_in", "voice_out_seconds": "seconds_out",
    "voice_in_seconds": "seconds_in", "sms_out_count": "sms_out", "sms_in_count": "sms_in", "data_count": "sessions",
    "data_up_bytes": "bytes_up", "data_down_bytes": "bytes_down", "dropped_count": "dropped", "night_count": "night",
}
# The fields that no twin is without.
NEEDED = {
    "subscription_id": "int64", "person_id": "int64", "payer_id": "int64", "household_id": "int64", "as_of": "date",
    "known_by": "date", "payment_type": "string", "product": "string", "tenure_days": "int32", "status": "string",
    "is_in_notice": "bool",
}
FEEDS = {
    "usage-daily": 'kind: usage-daily\nfiles: "usage-daily_*.csv"\nzone: UTC\nlate-days: 1000\ncolumns:\n'
                   "  subscription: {from: subscription}\n  date: {from: date}\n"
                   "  event_count: {from: event_count}\n  charge: {from: charge}\n"
                   + "".join(f"  {name}: {{from: {name}}}\n" for name in MEASURES)
                   + "calendar: {every: none, covers: rows}\nknown: {lag-days: 0}\n",
    "subscriptions": 'kind: subscriptions\nfiles: "subscriptions_*.csv"\nzone: UTC\ncolumns:\n'
                     "  subscription: {from: subscription}\n  event: {constant: activation}\n"
                     "  effective_date: {from: effective_date}\n  payment_type: {constant: prepaid}\n",
    # Two subscriptions a person; everybody agrees to the use of traffic data, so that every field of use is made.
    "customers": 'kind: customers\nfiles: "customers_*.csv"\nzone: UTC\ncolumns:\n'
                 "  subscription: {from: subscription}\n  person: {from: person}\n  valid_from: {from: valid_from}\n",
    "consents": 'kind: consents\nfiles: "consents_*.csv"\nzone: UTC\nlate-days: 1000\ncolumns:\n'
                "  person: {from: person}\n  channel: {constant: any}\n  purpose: {constant: traffic}\n"
                '  granted: {constant: "true"}\n  decided_at: {from: decided, format: "yyyy-MM-dd HH:mm:ss"}\n',
}


class TwinBench(Bench):
    cases, executables = CASES, ["nightjar", "nightjar-ingest", "nightjar-twin", "nightjar-synth"]
    modules = ["duckdb", "pyarrow", "numpy"]

    def __init__(self, options):
        super().__init__(options)
        if not self.peers:
            raise Failure("the facts are made by the peers' script: name its folder with --peers")

    def must(self, what, command):
        """Runs a step of the set-up; 3 is a warning: windows reach back further than the facts."""
        status, output = self.status(command, env=self.environment, cwd=self.root)
        if status not in (0, 3):
            raise Failure(f"{what}: {output[-2000:]}")
        return output

    # --- Inputs -----------------------------------------------------------------------------------------------------

    @staticmethod
    def nights(days):
        """The night that has so many days of facts behind it, and the one that is measured."""
        return [FIRST + datetime.timedelta(days=day) for day in (days - 1, days)]

    @staticmethod
    def name(subscribers, days):
        return f"twins-{subscribers}" + (f"-{days}" if days != DAYS else "")

    def facts(self, subscribers, days=DAYS):
        """The peer's daily sums, a Parquet file a day."""
        folder, python = self.peers
        return self.made(f"{self.name(subscribers, days)}-facts", lambda path: self.must(
            "make", [python, folder + "/twins_duckdb.py", "make", path, str(subscribers), str(days + 1)]))

    def deliveries(self, subscribers, days):
        """The same facts as deliveries, and an activation of every subscriber."""
        facts = self.facts(subscribers, days)

        def make(path):
            os.makedirs(path, exist_ok=True)
            columns = ", ".join(f"{theirs} as {ours}" for ours, theirs in MEASURES.items())
            events = "calls_out + calls_in + sms_out + sms_in + sessions as event_count"
            lines = ["import duckdb"]
            for day in range(days + 1):
                date = FIRST + datetime.timedelta(days=day)
                lines.append(
                    f"duckdb.sql(\"copy (select 'S' || subscription as subscription, '{date}' as date, {columns}, {events}, "
                    f"charge from read_parquet('{facts}/day-{day:04d}.parquet')) to "
                    f"'{path}/usage-daily_{date}.csv' (header)\")")
            lines.append(f"duckdb.sql(\"copy (select 'S' || range as subscription, '2025-01-01' as effective_date from "
                         f"range({subscribers})) to '{path}/subscriptions_all.csv' (header)\")")
            lines.append(f"duckdb.sql(\"copy (select 'S' || range as subscription, 'P' || range // 2 as person, '2025-01-01' as "
                         f"valid_from from range({subscribers})) to '{path}/customers_all.csv' (header)\")")
            lines.append(f"duckdb.sql(\"copy (select 'P' || range as person, '2025-01-01 08:00:00' as decided from "
                         f"range({(subscribers + 1) // 2})) to '{path}/consents_all.csv' (header)\")")
            script = self.work + "/deliveries.py"
            with open(script, "w") as file:
                file.write("\n".join(lines))
            self.must("deliveries", [self.peers[1], script])
        return self.made(f"{self.name(subscribers, days)}-deliveries", make)

    def catalogue(self, kind):
        """The configuration folder of a catalogue: the house's, or one of the peer's sums."""
        if kind == "house":
            return self.root + "/Pipelines"
        folder = self.work + "/config-sums"
        os.makedirs(folder + "/twins", exist_ok=True)
        row = "      - {{name: {0}, {1}, type: {2}, unit: count, description: Field.}}\n".format
        with open(folder + "/twins/subscription.yaml", "w") as file:
            file.write("entity: subscription\ngroups:\n  - group: sums\n    fact: usage\n    purpose: [analytics]\n"
                       "    basis: contract\n    fields:\n")
            file.writelines(row(name, f"rule: {name}", type) for name, type in NEEDED.items())
            for name in [*MEASURES, "charge_e4"]:
                file.write(row('"' + name + '_{window}"', f"aggregate: sum, of: {name}, windows: [7, 28, 91]", "int64"))
            file.write(row("active_days_91d", "aggregate: days, of: event_count, window: 91", "int32"))
            file.write(row("days_since_last_event", "aggregate: recency, of: event_count", "int32"))
        return folder

    def ingested(self, subscribers, days):
        """A home with the facts of every day."""
        deliveries = self.deliveries(subscribers, days)

        def make(path):
            shutil.rmtree(path, ignore_errors=True)
            feeds = []
            for name, text in FEEDS.items():
                feeds += ["--feed", f"{self.work}/{name}.yaml"]
                with open(f"{self.work}/{name}.yaml", "w") as file:
                    file.write(f"feed: {name}\n" + text)
            self.must("init", [self.bin + "/nightjar", "init", "--home", path])
            # History comes week by week; whatever is not of a day comes with the first.
            dates = [FIRST + datetime.timedelta(days=day) for day in range(days + 1)]
            weeks = [dates[first:min(first + 7, days)] for first in range(0, days, 7)] + [dates[days:]]
            for week in weeks:
                night, names = week[-1], [f"usage-daily_{date}.csv" for date in week]
                if week is weeks[0]:
                    names += [name for name in os.listdir(deliveries) if not name.startswith("usage-daily")]
                self.must("ingest", [self.bin + "/nightjar-ingest", "--home", path, *feeds, "--date", str(night),
                                     *[f"{deliveries}/{name}" for name in sorted(names)]])
        # The keys are beside it: a home of another run would be signed by others.
        return self.made(f"{self.name(subscribers, days)}-ingested", make)

    def base(self, subscribers, kind, days):
        """That home with the twins of the night before the one that is measured."""
        ingested = self.ingested(subscribers, days)

        def make(path):
            shutil.rmtree(path, ignore_errors=True)
            # Products are never changed in place, so that links do.
            shutil.copytree(ingested, path, copy_function=os.link, symlinks=True)
            self.must("twin", [self.bin + "/nightjar-twin", "--home", path, "--config", self.catalogue(kind),
                               "--date", str(self.nights(days)[0])])
        return self.made(f"{self.name(subscribers, days)}-{kind}", make)

    def synthetic(self, subscribers):
        """A home of the synthetic operator with the twins of the night before the one that is measured."""
        def make(path):
            shutil.rmtree(path, ignore_errors=True)
            inbox = path + "-deliveries"
            shutil.rmtree(inbox, ignore_errors=True)
            self.must("synth", [self.bin + "/nightjar-synth", "--output", inbox, "--subscribers", str(subscribers),
                                "--days", str(SYNTHETIC_DAYS), "--until", str(SYNTHETIC_NIGHTS[-1]), "--raw-nights",
                                str(len(SYNTHETIC_NIGHTS)), "--seed", "1"])
            self.must("init", [self.bin + "/nightjar", "init", "--home", path])
            for night in SYNTHETIC_NIGHTS:
                options = ["--home", path, "--config", self.root + "/Pipelines", "--date", str(night)]
                self.must("ingest", [self.bin + "/nightjar-ingest", *options, "--inbox", f"{inbox}/{night}"])
                if night != SYNTHETIC_NIGHTS[-1]:
                    self.must("twin", [self.bin + "/nightjar-twin", *options])
            shutil.rmtree(inbox)
        return self.made(f"twins-{subscribers}-synthetic", make)

    # --- Contenders -------------------------------------------------------------------------------------------------

    def night(self, subscribers, kind="house", days=DAYS):
        return self.contender(
            f"nightjar {subscribers} {kind}" + (f" {days} days" if days != DAYS else ""),
            self.base(subscribers, kind, days), subscribers, self.catalogue(kind), self.nights(days)[1])

    def contender(self, name, base, subscribers, catalogue, night):
        """The twins of a night, in a copy of a home."""
        def before():
            shutil.rmtree(self.home, ignore_errors=True)
            shutil.copytree(base, self.home, copy_function=os.link, symlinks=True)

        def check(run):
            found = re.search(r"(\d+) subscriptions", run.errors)
            if run.status not in (0, 3) or not found or int(found[1]) < subscribers or "every fact" in run.errors:
                raise Failure(f"nightjar-twin: status {run.status}:\n{run.errors[-2000:]}")
            steps = json.loads(run.output)["milliseconds"]
            # What the peer does: sums in, sums out.
            run.sums = (steps["use"] + steps["state"]) / 1000
        command = [self.bin + "/nightjar-twin", "--home", self.home, "--config", catalogue, "--date", str(night), "--json"]
        files = [os.path.join(folder, name) for folder, _, names in os.walk(base + "/data") for name in names]
        return Contender(name, command, files, subscribers, before, check)

    def duckdb(self, subscribers):
        folder, python = self.peers
        facts = self.facts(subscribers)
        files = [f"{facts}/{name}" for name in sorted(os.listdir(facts))]

        def check(run):
            if run.status != 0:
                raise Failure(f"duckdb: status {run.status}:\n{run.errors[-2000:]}")
        # The peer's process starts and ends within its time; of ours `sums` leaves that out, and the whole is told beside it.
        return Contender("duckdb", [python, folder + "/twins_duckdb.py", "run", facts, self.work + "/twins.parquet"],
                         files, subscribers, check=check)

    # --- Measuring --------------------------------------------------------------------------------------------------

    def compare(self):
        """Holds every sum of the last run against the peer's."""
        twins = self.must("datasets", [self.bin + "/nightjar", "datasets", "twins/subscription", "--home", self.home,
                                       "--head", "--paths"]).split()
        twin = [path for path in twins if f"date={self.nights(DAYS)[1]}/" in path]
        ours = [f"sum({name}_{days}d)::hugeint" for days in (7, 28, 91) for name in MEASURES]
        theirs = [f"sum({name}_{days})::hugeint" for days in (7, 28, 91) for name in MEASURES.values()]
        ours.append("sum(active_days_91d)::hugeint")
        theirs.append("sum(active_days_91)::hugeint")
        script = (f"import duckdb\na = duckdb.sql(\"select {', '.join(ours)} from read_parquet({twin})\").fetchall()\n"
                  f"b = duckdb.sql(\"select {', '.join(theirs)} from '{self.work}/twins.parquet'\").fetchall()\n"
                  "assert a == b, (a, b)")
        fine, output = self.quietly([self.peers[1], "-c", script])
        if not fine:
            raise Failure("the sums are not the peer's: " + output[-2000:])

    def measure_sums(self):
        subscribers = self.options.subscribers
        ours, theirs = self.race("sums", [self.night(subscribers, "sums"), self.duckdb(subscribers)]).values()
        self.compare()
        sums = statistics.median(run.sums for run in ours.runs)
        self.goal("sums", "sums of use, rolled and written / duckdb", sums / theirs.seconds, SUMS_GOAL)
        self.goal("sums", "nightjar-twin, whole process / duckdb", ours.seconds / theirs.seconds)
        self.goal("sums", "peak anonymous memory, GB", ours.peak / 1e9, MEMORY_GOAL / 1e9)

    def measure_twin(self):
        subscribers = self.options.subscribers
        ours, theirs = self.race("twin", [self.night(subscribers), self.duckdb(subscribers)]).values()
        self.compare()
        self.goal("twin", "nightjar-twin, whole process / duckdb", ours.seconds / theirs.seconds, TWIN_GOAL)
        self.goal("twin", "peak anonymous memory, GB", ours.peak / 1e9, MEMORY_GOAL / 1e9)

    def measure_families(self):
        subscribers = self.options.subscribers
        name = f"nightjar {subscribers} families"
        ours = self.race("families", [self.contender(
            name, self.synthetic(subscribers), subscribers, self.root + "/Pipelines", SYNTHETIC_NIGHTS[-1])])[name]
        self.goal("families", "every family of facts, seconds", ours.seconds, NIGHT_GOAL)
        self.goal("families", "peak anonymous memory, GB", ours.peak / 1e9, MEMORY_GOAL / 1e9)

    def measure_growth(self):
        sizes = [max(1, self.options.subscribers // 5), self.options.subscribers, self.options.subscribers * 5]
        small, base, large = self.race("growth", [self.night(size) for size in sizes]).values()
        for name, value in (("time", lambda c: c.seconds), ("anonymous memory", lambda c: c.peak)):
            self.goal("growth", f"{name}, five times the subscriptions (small)", value(base) / value(small))
            self.goal("growth", f"{name}, five times the subscriptions", value(large) / value(base), GROWTH_GOAL)
        self.measure_show(sizes[-1])

    def measure_show(self, subscribers):
        """One twin of the home of the last run: the median of the runs, of several subscriptions."""
        script = ("import pyarrow.parquet as pq, sys\n"
                  "for path in sys.argv[1:3]: print(pq.read_table(path, columns=['subscription_id'])[0][12345 % 1000])")
        paths = self.must("datasets", [self.bin + "/nightjar", "datasets", "twins/subscription", "--home", self.home,
                                       "--head", "--paths"]).split()
        twins = [path for path in paths if f"date={self.nights(DAYS)[1]}/" in path]
        ids = self.must("ids", [self.peers[1], "-c", script, twins[0], twins[-1]]).split()
        seconds = []
        for number in range(self.options.runs):
            begin = time.monotonic()
            self.must("show", [self.bin + "/nightjar-twin", "show", ids[number % len(ids)], "--home", self.home, "--config",
                               self.catalogue("house")])
            seconds.append(time.monotonic() - begin)
        self.goal("growth", f"show of one of {subscribers}, seconds", statistics.median(seconds), SHOW_GOAL)

    def measure_history(self):
        subscribers = max(1, self.options.subscribers // 5)
        short, long = self.race("history", [self.night(subscribers, days=days) for days in (SHORT_DAYS, LONG_DAYS)]).values()
        for name, value in (("time", lambda c: c.seconds), ("anonymous memory", lambda c: c.peak)):
            self.goal("history", f"{name}, {LONG_DAYS} days of facts / {SHORT_DAYS}", value(long) / value(short), HISTORY_GOAL)


if __name__ == "__main__":
    main("twins", TwinBench)
