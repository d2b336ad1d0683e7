"""The fault proofs behind faults.sh. Run that: it says what this does.

A trial starts from one initialised home ("old"), disturbs one run of the command, and demands:
  - `nightjar-audit verify --read-data` passes;
  - the log is a prefix of the undisturbed run's log ("new"), byte for byte, and never shorter than the old one;
  - a status below 64 means that the new state is whole, one from 64 on (but "state unknown") that no night was closed;
  - the command run again ends with status 0 or 3 and leaves a home that equals the undisturbed one in every path,
    mode and byte, orphans and lock files included.
"""
import argparse, hashlib, os, random, re, shutil, signal, subprocess, sys, tempfile, time

CALLS = ["openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "renameat2", "link", "linkat", "unlink",
         "unlinkat", "mkdir", "mkdirat", "symlink", "ftruncate", "chmod", "close", "flock"]
FAULTS = ["error=EIO", "error=ENOSPC", "signal=KILL"]
DATE = "2026-11-22"
TINY_FEED = """\
feed: products
kind: products
files: "products_*.csv"
format: csv
zone: UTC
numbers: {country-code: "49", trunk-prefix: "0", international-prefix: "00"}
columns:
  product:      {from: product}
  name:         {from: name}
  payment_type: {from: payment_type}
  monthly_fee:  {from: fee, unit: "1"}
  valid_from:   {from: valid_from, format: "yyyy-MM-dd"}
calendar: {every: none}
known: {by: night}
late-days: 400
reject-threshold: 0.9
"""
TINY_ROWS = """\
product,name,payment_type,fee,valid_from
P1,Basic,postpaid,9.99,2026-01-01
P2,Bad fee,postpaid,nine,2026-01-01
P3,Large,prepaid,0,2026-02-01
"""

LARGE_FEED = """\
feed: calls
kind: usage
files: "calls_*"
zone: Europe/Berlin
numbers: {identity: implicit, country-code: "49", trunk-prefix: "0"}
columns:
  number:           {from: caller}
  started_at:       {from: start, format: "yyyy-MM-dd HH:mm:ss"}
  duration_seconds: {from: seconds}
  counterparty:     {from: called}
  type:             {constant: voice}
record-key: {from: [id]}
reject-threshold: 0.5
"""


class Failure(Exception):
    pass


def tree(home):
    """Every path below the home with its kind, mode and content."""
    lines = {}
    for folder, folders, files in os.walk(home):
        for name in folders + files:
            path = os.path.join(folder, name)
            key, status = os.path.relpath(path, home), os.lstat(path)
            if os.path.islink(path):
                lines[key] = "link " + os.readlink(path)
            elif os.path.isdir(path):
                lines[key] = f"folder {status.st_mode & 0o777:o}"
            else:
                with open(path, "rb") as file:
                    lines[key] = f"file {status.st_mode & 0o777:o} " + hashlib.sha256(file.read()).hexdigest()
    return lines


def difference(left, right):
    keys = sorted(k for k in left.keys() | right.keys() if left.get(k) != right.get(k))
    return "; ".join(f"{k}: {left.get(k, 'absent')} | {right.get(k, 'absent')}" for k in keys[:5])


class Bench:
    def __init__(self, options):
        self.options = options
        self.bin = options.bin or options.root + "/.build/release"
        self.work = tempfile.mkdtemp(prefix="nightjar-faults-")
        self.home, self.old, self.keys = (self.work + "/" + n for n in ("home", "old", "keys"))
        self.inbox, self.config, self.trace = (self.work + "/" + n for n in ("inbox", "config", "trace"))
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("NIGHTJAR_")}
        self.environment.update(NIGHTJAR_KEYS=self.keys, TZ="UTC", LC_ALL="C")
        os.makedirs(self.inbox)
        os.makedirs(self.config + "/feeds")
        with open(self.config + "/feeds/products.yaml", "w") as file:
            file.write(TINY_FEED)
        with open(f"{self.inbox}/products_{DATE}.csv", "w") as file:
            file.write(TINY_ROWS)
        with open(self.config + "/tiny.yaml", "w") as file:
            file.write('stages:\n  - {stage: ingest, arguments: [--inbox, "{inbox}"]}\n')
        common = ["--home", "{home}", "--config", "{config}", "--date", DATE, "--threads", "1"]
        self.stage = ["nightjar-ingest", "--inbox", "{inbox}"] + common
        self.night = ["nightjar", "run", "{config}/tiny.yaml", "--inbox", "{inbox}"] + common
        self.checked = 0
        # Later starts find a note of a folder's name in the trace only if it is made at the same path.
        self.check(self.run(["nightjar", "init", "--home", "{home}"]).returncode == 0, "init failed")
        shutil.move(self.home, self.old)

    def check(self, holds, message):
        self.checked += 1
        if not holds:
            raise Failure(message)

    def words(self, command):
        places = {"{home}": self.home, "{inbox}": self.inbox, "{config}": self.config}
        for key, value in places.items():
            command = [word.replace(key, value) for word in command]
        return [command[0] if "/" in command[0] else self.bin + "/" + command[0]] + command[1:]

    def run(self, command, strace=(), **options):
        return subprocess.run([*strace, *self.words(command)], env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", **options)

    def restore(self, source=None):
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(source or self.old, self.home, symlinks=True)

    def log(self, home=None):
        folder = (home or self.home) + "/log/"
        names = sorted(n for n in os.listdir(folder) if not n.startswith(".pending-"))
        return [open(folder + name, "rb").read() for name in names]

    def reference(self, command):
        """The undisturbed run: its tree and its log. A second one must change nothing."""
        self.restore()
        first = self.run(command)
        self.check(first.returncode in (0, 3), f"the undisturbed run ended with {first.returncode}: {first.stderr}")
        wanted, log = tree(self.home), self.log()
        again = self.run(command)
        self.check(again.returncode == 0, f"the second run ended with {again.returncode}: {again.stderr}")
        self.check(tree(self.home) == wanted, "a second run changes: " + difference(wanted, tree(self.home)))
        return wanted, log

    def demand(self, wanted, log, label, status=None, errors=""):
        """What must hold after a disturbed run."""
        old, now = self.log(self.old), self.log()
        self.check(len(now) >= len(old) and now == log[:len(now)], f"{label}: the log is no prefix of the undisturbed one")
        verify = self.run(["nightjar-audit", "verify", "--home", "{home}", "--read-data"])
        self.check(verify.returncode == 0, f"{label}: verify says {verify.stderr}")
        if status is None or status < 0 or status > 128 or status == 127:
            return
        if status < 64:
            self.check(status in (0, 3), f"{label}: status {status}")
            self.check(now == log, f"{label}: status {status}, but the new state is not whole")
        elif "state unknown" not in errors and "run again" not in errors:
            self.check(now != log or log == old, f"{label}: status {status}, but the new state is visible: {errors}")

    def recover(self, command, wanted, label):
        again = self.run(command)
        self.check(again.returncode in (0, 3), f"{label}: running again ends with {again.returncode}: {again.stderr}")
        now = tree(self.home)
        self.check(now == wanted, f"{label}: running again leaves another home: " + difference(wanted, now))

    def injected(self, command, call, fault, number):
        """Runs the command with the Nth call disturbed in every process; whether any was, and how it ended."""
        strace = ["strace", "-f", "-qq", "-o", self.trace, "-e", "trace=" + call, "-e",
                  f"inject={call}:{fault}:when={number}"]
        done = self.run(command, strace)
        text = open(self.trace, errors="replace").read()
        return "(INJECTED)" in text or "+++ killed by SIGKILL" in text, done

    def first_number(self, command, call):
        """The first Nth call that touches the trial's folders: before it the loader reads libraries."""
        self.restore()
        self.run(command, ["strace", "-ff", "-y", "-qq", "-o", self.trace, "-e", "trace=" + call])
        first, count = None, 0
        for name in os.listdir(self.work):
            if not name.startswith("trace."):
                continue
            lines = [l for l in open(self.work + "/" + name, errors="replace") if re.match(r"\w+\(", l)]
            touching = [i + 1 for i, line in enumerate(lines) if self.work in line]
            if touching:
                first, count = min([touching[0]] + ([first] if first else [])), max(count, touching[-1])
            os.unlink(self.work + "/" + name)
        return first, count

    def sweep(self, command, name):
        wanted, log = self.reference(command)
        chance = random.Random(20261122)
        trials = fired = 0
        for call in CALLS:
            first, last = self.first_number(command, call)
            if first is None:
                continue
            for fault in FAULTS:
                # Past the last call that touches the home, until a run passes undisturbed.
                numbers = list(range(first, last + 2))
                if self.options.sample:
                    numbers = sorted(chance.sample(numbers, min(self.options.sample, len(numbers))))
                for number in numbers:
                    label = f"{name}, {call} {number} {fault}"
                    self.restore()
                    hit, done = self.injected(command, call, fault, number)
                    trials, fired = trials + 1, fired + hit
                    self.demand(wanted, log, label, done.returncode, done.stderr)
                    if chance.random() < (0.5 if not self.options.sample else 0.34):
                        other, fault2 = chance.choice(CALLS), chance.choice(FAULTS)
                        number2 = chance.randint(1, max(2, last))
                        _, second = self.injected(command, other, fault2, number2)
                        label += f", then {other} {number2} {fault2}"
                        self.demand(wanted, log, label, None)
                    self.recover(command, wanted, label)
            print(f"  {call}: calls {first} to {last} disturbed", flush=True)
        self.check(fired > 0, f"{name}: no fault was ever injected")
        print(f"sweep of {name}: {trials} trials, {fired} disturbed, all held", flush=True)

    def order(self, command, name):
        self.restore()
        done = self.run(command, ["strace", "-f", "-y", "-qq", "-s", "4096", "-o", self.trace, "-e",
                                  "trace=write,pwrite64,fsync,fdatasync,rename,renameat2,link,linkat,mkdir,mkdirat,"
                                  "openat,ftruncate"])
        self.check(done.returncode in (0, 3), f"{name}: the traced run ended with {done.returncode}: {done.stderr}")
        dirty, pending, links = set(), {}, 0
        for line in self.whole_calls():
            match = re.match(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)", line)
            if not match or int(match[3]) < 0:
                continue
            call, arguments = match[1], match[2]
            descriptor = re.match(r"\d+<([^>]*)>", arguments)
            names = [n for n in re.findall(r'"([^"]*)"', arguments)]
            if call in ("write", "pwrite64", "ftruncate") and descriptor and descriptor[1].startswith(self.home):
                if not descriptor[1].endswith(".lock"):
                    dirty.add(descriptor[1])
            elif call in ("fsync", "fdatasync"):
                dirty.discard(descriptor[1])
                pending.pop(descriptor[1], None)
            elif call.startswith("mkdir") and names[0].startswith(self.home) and "/staging" not in names[0]:
                pending.setdefault(os.path.dirname(names[0]), f"mkdir {names[0]}")
            elif call.startswith("rename"):
                self.check(names[0] not in dirty, f"{name}: {names[0]} is renamed before its fsync")
                pending.setdefault(os.path.dirname(names[1]), f"rename to {names[1]}")
            elif call.startswith("link"):
                self.check(names[0] not in dirty, f"{name}: {names[0]} is linked before its fsync")
                if "/log/" in names[1]:
                    links += 1
                    self.check(not pending, f"{name}: {names[1]} is linked before fsync after " + "; ".join(pending.values()))
                pending.setdefault(os.path.dirname(names[1]), f"link {names[1]}")
        self.check(links > 0, f"{name}: no entry was linked")
        self.check(not pending and not dirty, f"{name}: never made durable: {pending or dirty}")
        print(f"order of {name}: {links} entries, each after its files and folders, and made durable", flush=True)

    def whole_calls(self):
        """The lines of the trace; a call that another thread's line interrupts counts where it ends."""
        begun = {}
        for line in open(self.trace, errors="replace"):
            thread = line.split(" ", 1)[0]
            if line.endswith(" <unfinished ...>\n"):
                begun[thread] = line.removesuffix(" <unfinished ...>\n")
            elif resumed := re.match(r"\d+ +<\.\.\. \w+ resumed>(.*)", line):
                yield begun.pop(thread, thread + " ") + resumed[1]
            else:
                yield line

    def race(self, command):
        wanted, log = self.reference(command)
        rounds = 1 if self.options.sample else 5
        for _ in range(rounds):
            self.restore()
            children = [subprocess.Popen(self.words(command), env=self.environment, stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(50)]
            statuses = []
            for child in children:
                message = child.communicate()[1].decode(errors="replace")
                statuses.append(child.returncode)
                self.check(child.returncode in (0, 3, 75), f"race: status {child.returncode}: {message}")
            self.check(min(statuses) < 64, "race: nobody won")
            self.check(self.log() == log, "race: the log differs from one run's")
            self.recover(command, wanted, "race")
        print(f"race: {rounds} rounds of 50 starts, one log each", flush=True)

    def orphans(self):
        """A stage that waits on a pipe dies with its runner, and the home is free at once."""
        self.restore()
        fifo = self.work + "/fifo"
        os.mkfifo(fifo)
        with open(self.config + "/waiting.yaml", "w") as file:
            file.write(f"stages:\n  - {{stage: audit, arguments: [verify, --against, {fifo}]}}\n")
        command = self.words(["nightjar", "run", "{config}/waiting.yaml", "--home", "{home}", "--date", DATE])
        for number, wanted in [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGINT, 130)]:
            runner = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            children = f"/proc/{runner.pid}/task/{runner.pid}/children"
            stage = self.wait_for(lambda: open(children).read().split(), "the stage to start")[0]
            # Wait until it hangs in open(2) of the pipe: by then it is tied to its runner.
            self.wait_for(lambda: "nightjar-audit" in open(f"/proc/{stage}/cmdline").read()
                          and open(f"/proc/{stage}/wchan").read() not in ("0", "") or
                          open(f"/proc/{stage}/stat").read().split()[2] == "S", "the stage to wait")
            time.sleep(0.2)
            second = self.run(["nightjar", "run", "{config}/tiny.yaml", "--inbox", "{inbox}", "--home", "{home}",
                               "--date", DATE])
            self.check(second.returncode == 75 and f"process {runner.pid} (" in second.stderr,
                       f"orphans: a second run ended with {second.returncode}: {second.stderr}")
            runner.send_signal(number)
            self.check(runner.wait(timeout=10) == wanted, f"orphans: runner ended with {runner.returncode}")
            self.wait_for(lambda: not os.path.exists(f"/proc/{stage}") or
                          open(f"/proc/{stage}/stat").read().split()[2] == "Z", "the stage to die")
            free = self.run(["nightjar", "catalog", "--home", "{home}"])
            self.check(free.returncode == 0, f"orphans: the home is not free: {free.stderr}")
        print("orphans: no stage outlives its runner, the home is free at once", flush=True)

    def wait_for(self, condition, what):
        for _ in range(500):
            try:
                found = condition()
            except OSError:
                found = False
            if found:
                return found
            time.sleep(0.01)
        raise Failure("waited in vain for " + what)

    def nights(self):
        """The nights of Samples/ from an initialised home: the order of a real night, then kills at seeded moments."""
        samples = self.options.root + "/Samples/deliveries"
        dates = sorted(os.listdir(samples))[-2 if self.options.sample else 0:]
        commands = [["nightjar", "run", self.options.root + "/Pipelines/nightly.yaml", "--inbox", samples, "--config",
                     self.options.root + "/Pipelines", "--home", "{home}", "--threads", "1", "--date", date]
                    for date in dates]

        def run_all(wanted=(0, 3)):
            for command in commands:
                done = self.run(command)
                self.check(done.returncode in wanted, f"{command[-1]} ended with {done.returncode}: {done.stderr}")

        self.order(commands[0], "a night of Samples")
        self.restore()
        run_all()
        wanted, log = tree(self.home), self.log()
        run_all((0,))
        self.check(tree(self.home) == wanted, "a second run changes: " + difference(wanted, tree(self.home)))
        chance = random.Random(20261120)
        count, reached = 4 if self.options.sample else 10, set()
        for index in range(count):
            self.restore()
            # A moment is a stage and a delay: it falls alike on a busy machine and on an idle one.
            target = 1 + int((index + chance.random()) * (len(log) - 1) / count)
            delay, killed = chance.random() * 0.2, False
            for command in commands:
                runner = subprocess.Popen(self.words(command), env=self.environment, stdin=subprocess.DEVNULL,
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
                while runner.poll() is None and not os.path.exists(f"{self.home}/log/{target:08}.json"):
                    time.sleep(0.001)
                if os.path.exists(f"{self.home}/log/{target:08}.json"):
                    time.sleep(delay)
                    # Every other time only the runner: its stage must die with it.
                    killed = runner.poll() is None
                    runner.kill() if index % 2 or not killed else os.killpg(runner.pid, signal.SIGKILL)
                    runner.wait()
                    break
                runner.wait()
            label = f"nights killed {delay:.3f} s after entry {target}"
            self.wait_for(lambda: not self.alive(), f"every stage to die ({label}); alive: {self.alive()}")
            reached.add(len(self.log()))
            self.demand(wanted, log, label)
            run_all()
            now = tree(self.home)
            self.check(now == wanted, f"{label}: running again leaves another home: " + difference(wanted, now))
        self.check(len(reached) > 1, f"nights: every kill came at the same entry: {reached}")
        print(f"nights: {len(dates)} of Samples/, {count} kills at logs of {sorted(reached)} entries, each run again "
              "equals nights never killed", flush=True)

    def acts(self):
        """A promotion and a rollback by hand: the champion is the old one or the new one, and the act is done once."""
        config, inbox, old = self.work + "/acts-config", self.work + "/acts-inbox", self.old
        shutil.copytree(self.options.root + "/Pipelines", config)
        for name, changes in [("churn", [("minimum-positives: .*", "minimum-positives: 2")]),
                              ("registry", [("minimum-events: [0-9]+", "minimum-events: 2"), ("minimum-auc: .*", "minimum-auc: 0"),
                                            ("maximum-calibration-error: .*", "maximum-calibration-error: 1")])]:
            path = f"{config}/models/{name}.yaml"
            text = open(path).read()
            for pattern, replacement in changes:
                text = re.sub(pattern, replacement, text)
            with open(path, "w") as file:
                file.write(text)
        common = ["--home", "{home}", "--config", config, "--threads", "1", "--date"]
        act = ["--by", "board", "--why", "trial"]
        self.restore()
        for step in [["nightjar-synth", "--output", inbox, "--subscribers", "240", "--until", DATE, "--raw-nights", "1"],
                     ["nightjar-ingest", "--inbox", inbox, *common, DATE], ["nightjar-train", "night", *common, DATE],
                     ["nightjar-train", "night", "--force", *common, "2026-11-23"],
                     ["nightjar-train", "promote", "v0001", *act, *common, "2026-11-23"]]:
            done = self.run(step)
            self.check(done.returncode in (0, 3), f"acts: {step[:2]} ended with {done.returncode}: {done.stderr}")
        for number, (name, command) in enumerate([
                ("promote", ["nightjar-train", "promote", "v0002", *act, *common, "2026-11-24"]),
                ("rollback", ["nightjar-train", "rollback", *act, *common, "2026-11-24"])]):
            self.old = f"{self.work}/acts-old-{number}"
            shutil.move(self.home, self.old)
            self.order(command, name)
            self.moments(command)
            self.sweep(command, name)
            self.restore()
            self.check(self.run(command).returncode in (0, 3), f"acts: {name} failed")
        self.old = old
        print("acts: a promotion and a rollback are whole or not there, and done once", flush=True)

    def ingest_kills(self):
        """The ingest of one large file, killed at seeded moments from its first read to its commit."""
        megabytes = self.options.megabytes or (4 if self.options.sample else 1000)
        count = 5 if self.options.sample else 20
        config, inbox = self.work + "/large-config", self.work + "/large-inbox"
        os.makedirs(config + "/feeds")
        os.makedirs(inbox)
        with open(config + "/feeds/calls.yaml", "w") as file:
            file.write(LARGE_FEED)
        chance = random.Random(7)
        # One row in a thousand is bad: rejects and their sealed bytes are part of what must come out the same. The mark
        # becomes the number of the block; one row in a hundred has none, and repeats its record key from the second on.
        rows = "".join(
            f"{'@' if chance.random() > 0.01 else ''}{number},0170{chance.randrange(50_000):07},2026-11-{chance.randrange(10, 23)} {chance.randrange(24):02}:00:00,"
            f"{chance.randrange(3_600) if chance.random() > 0.001 else 'x'},015{chance.randrange(10**8):08}\n"
            for number in range(20_000)).encode()
        with open(f"{inbox}/calls_{DATE}.csv", "wb") as file:
            file.write(b"id,caller,start,seconds,called\n")
            for block in range(max(2, megabytes * 1_000_000 // len(rows))):
                file.write(rows.replace(b"@", b"%d-" % block))
        command = ["nightjar-ingest", "--inbox", inbox, "--config", config, "--home", "{home}", "--date", DATE]
        wanted, log = self.reference(command)
        self.check(any(name.startswith("data/keys/") for name in wanted), "ingest-kills: no record keys were published")
        self.restore()
        start = time.monotonic()
        self.run(command)
        duration = time.monotonic() - start
        before = after = 0
        for index in range(count):
            self.restore()
            runner = subprocess.Popen(self.words(command), env=self.environment, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            moment = (index + chance.random()) * duration / count
            time.sleep(moment)
            runner.kill()
            runner.wait()
            label = f"ingest of {megabytes} MB killed after {moment:.3f} of {duration:.3f} s"
            self.demand(wanted, log, label)
            now = self.log()
            self.check(now in (self.log(self.old), log), f"{label}: a part of the night is visible")
            before, after = before + (now != log), after + (now == log)
            self.recover(command, wanted, label)
        self.check(before > 0, "ingest-kills: every kill came too late")
        shutil.rmtree(inbox)
        print(f"ingest-kills: {count} kills in the ingest of {megabytes} MB, {before} before its commit and {after} behind; "
              "nothing was visible before, and each run again gave the same bytes", flush=True)

    def alive(self):
        """The processes that work on this trial's home."""
        found = []
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                words = open(f"/proc/{process}/cmdline", "rb").read().split(b"\0")
                state = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if self.home.encode() in words and state != "Z":
                found.append(b" ".join(words[:1]).decode())
        return found

    def moments(self, command):
        wanted, log = self.reference(command)
        self.restore()
        start = time.monotonic()
        self.run(command)
        duration = time.monotonic() - start
        chance = random.Random(11)
        for index in range(3 if self.options.sample else 10):
            self.restore()
            runner = subprocess.Popen(self.words(command), env=self.environment, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            moment = chance.random() * duration
            time.sleep(moment)
            runner.kill()
            runner.wait()
            label = f"killed after {moment:.3f} s"
            self.demand(wanted, log, label)
            self.recover(command, wanted, label)
        print("moments: killed at seeded moments and run again, the home equals one never killed", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="faults.sh")
    parser.add_argument("--root", help=argparse.SUPPRESS)
    parser.add_argument("--bin")
    parser.add_argument("--sample", nargs="?", type=int, const=1, default=0, metavar="N")
    parser.add_argument("--only", default="order,race,orphans,moments,nights,ingest-kills,acts,sweep")
    parser.add_argument("--megabytes", type=int, default=0)
    parser.add_argument("command", nargs="*")
    options = parser.parse_args()
    bench = Bench(options)
    commands = [(options.command[0], options.command)] if options.command else [
        ("nightjar-ingest", bench.stage), ("nightjar run", bench.night)]
    try:
        for proof in options.only.split(","):
            if proof in ("sweep", "order"):
                for name, command in commands:
                    getattr(bench, proof)(command, name)
            elif proof in ("orphans", "nights", "ingest-kills", "acts"):
                getattr(bench, proof.replace("-", "_"))()
            else:
                getattr(bench, proof)(commands[-1][1])
    except Failure as failure:
        print(f"FAILED: {failure}\nleft for inspection: {bench.work}", file=sys.stderr)
        return 1
    shutil.rmtree(bench.work)
    print(f"{bench.checked} checks held")
    return 0


sys.exit(main())
