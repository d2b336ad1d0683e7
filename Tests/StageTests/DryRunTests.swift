import Foundation
import Testing

/// A dry run tells what would happen and leaves no trace.
@Suite struct DryRunTests {
  /// Calls that change something, and opens that could.
  private static let calls =
    "openat,open,creat,write,pwrite64,writev,pwritev,sendfile,copy_file_range,mkdir,mkdirat,mknod,mknodat,rename,renameat,"
    + "renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,truncate,ftruncate,fallocate,chmod,fchmod,fchmodat,"
    + "chown,fchown,fchownat,utimensat,setxattr,fsetxattr,flock"

  private static let sampleDay = "2026-11-22"

  /// The calls of a trace: strace writes a call in two lines where another thread calls in between.
  private func calls(_ trace: String) -> [String] {
    var begun: [Substring: Substring] = [:]
    var calls: [String] = []
    for line in trace.split(separator: "\n") {
      let thread = line.prefix { $0 != " " }
      if line.hasSuffix(" <unfinished ...>") {
        begun[thread] = line.dropLast(" <unfinished ...>".count)
      } else if let resumed = line.firstRange(of: " resumed>"), let start = begun.removeValue(forKey: thread) {
        calls.append(String(start + line[resumed.upperBound...]))
      } else {
        calls.append(String(line))
      }
    }
    return calls + begun.values.map(String.init)
  }

  /// The calls of a trace that touch a folder with anything but a look.
  private func changes(_ trace: String, below folder: String) -> [String] {
    calls(trace).filter { line in
      guard line.contains(folder), !line.contains("= -1 ") else { return false }
      let isOpen =
        line.contains(" openat(") || line.contains(" open(") || line.hasPrefix("openat(") || line.hasPrefix("open(")
      let isLook = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND", "O_TMPFILE"].allSatisfy {
        !line.contains($0)
      }
      return !(isOpen && isLook)
    }
  }

  @Test func `the check itself finds a write`() {
    let trace = """
      12 openat(AT_FDCWD, "/h/log/1", O_RDONLY|O_CLOEXEC) = 3</h/log/1>
      12 openat(AT_FDCWD, "/h/run.lock", O_RDWR|O_CREAT, 0600) = 4</h/run.lock>
      12 mkdir("/h/staging", 0700) = 0
      12 write(1</dev/null>, "x", 1) = 1
      12 openat(AT_FDCWD, "/h/key", O_RDONLY <unfinished ...>
      13 openat(AT_FDCWD, "/h/new", O_WRONLY|O_CREAT, 0600 <unfinished ...>
      12 <... openat resumed>) = 5</h/key>
      13 <... openat resumed>) = 6</h/new>
      14 unlink("/h/old" <unfinished ...>
      """
    #expect(changes(trace, below: "/h/").count == 4)
  }

  @Test func `a dry run of a night writes nowhere below the home`() throws {
    try Executables.withTemporaryFolder { temporary in
      guard
        try OutsideTools.areThere("command -v strace", for: "that nothing is written", temporary: temporary)
      else { return }
      let outcome = try Executables.shell(
        """
        "$NIGHTJAR_BIN/nightjar" init --quiet --home "$TMP/home" 2> /dev/null || exit 1
        find "$TMP/home" -printf '%p %m %s %T@ %C@\\n' | sort > "$TMP/before"
        strace -f -y -qq -s 512 -o "$TMP/trace" -e trace=\(Self.calls) "$NIGHTJAR_BIN/nightjar-ingest" --home "$TMP/home" \
          --config "$ROOT/Pipelines" --inbox "$ROOT/Samples/deliveries/\(Self.sampleDay)" --date \(Self.sampleDay) --dry-run
        status=$?
        find "$TMP/home" -printf '%p %m %s %T@ %C@\\n' | sort | diff "$TMP/before" - || exit 99
        exit $status
        """, in: "/", temporary: temporary)
      #expect(outcome.status == 3, "\(outcome.errors)")
      #expect(outcome.output.contains("tickets tickets_2026-11-22.zip: read "))
      let trace = try String(contentsOfFile: temporary + "/trace", encoding: .utf8)
      #expect(trace.contains(temporary + "/home/log/"), "the trace shows the home")
      #expect(changes(trace, below: temporary + "/home") == [])
    }
  }

  @Test func `a proposal opens nothing for writing`() throws {
    try Executables.withTemporaryFolder { temporary in
      guard
        try OutsideTools.areThere("command -v strace", for: "that a proposal writes nothing", temporary: temporary)
      else { return }
      let outcome = try Executables.shell(
        """
        mkdir "$TMP/work" && cp "$ROOT/Samples/deliveries/\(Self.sampleDay)/usage-data_\(Self.sampleDay).zip" "$TMP/work" && cd "$TMP/work"
        strace -f -y -qq -s 512 -o "$TMP/trace" -e trace=\(Self.calls) "$NIGHTJAR_BIN/nightjar-ingest" \
          --infer "$TMP/work/usage-data_\(Self.sampleDay).zip" > "$TMP/feed.yaml"
        """, in: "/", temporary: temporary)
      #expect(outcome.status == 3, "\(outcome.errors)")
      let trace = try String(contentsOfFile: temporary + "/trace", encoding: .utf8)
      #expect(changes(trace, below: temporary + "/work") == [])
    }
  }
}
