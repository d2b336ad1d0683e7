import Foundation
import Testing

/// An inbox of hostile files, read under strace: what the operating system was asked to do, not what the code says.
@Suite struct HostileInboxTests {
  /// The case whose inbox it is.
  private static let corpus =
    Executables.root
    + "/Tests/StageTests/cases/ingest/0250-hostile-files-are-refused-by-name-and-the-night-goes-on"

  @Test func `reading hostile archives makes and opens no file for writing outside the home's own folders`() throws {
    try Executables.withTemporaryFolder { temporary in
      guard
        try OutsideTools.areThere(
          "command -v strace && command -v python3", for: "what hostile archives open", temporary: temporary)
      else { return }
      let outcome = try Executables.shell(
        #"""
        python3 "$CASE/corpus.py" "$TMP/inbox" --small && mkdir "$TMP/work" && cd "$TMP/work" &&
        "$NIGHTJAR_BIN/nightjar" init --quiet --home "$TMP/home" &&
        strace -f -y -qq -s 4096 -o "$TMP/trace" \
          -e trace=open,openat,creat,mkdir,mkdirat,mknod,mknodat,symlink,symlinkat,link,linkat,rename,renameat,renameat2 \
          "$NIGHTJAR_BIN/nightjar-ingest" --home "$TMP/home" --config "$CASE/config" --inbox "$TMP/inbox" \
          --date 2026-11-22 --threads 2
        """#, in: Self.corpus, temporary: temporary)
      #expect(outcome.status == 3, "\(outcome.errors)")
      let trace = try String(contentsOfFile: temporary + "/trace", encoding: .utf8)
      let names = try NSRegularExpression(pattern: "\"([^\"]*)\"")
      let home = temporary + "/home/"
      let folders = ["staging", "data", "log", "vault"].map { home + $0 }
      let locks = ["run.lock", "commit.lock"].map { home + $0 }
      var looked = 0
      for line in trace.split(separator: "\n") {
        let text = String(line)
        let isOpen = text.contains("open(") || text.contains("openat(")
        if isOpen, !text.contains("O_CREAT"), !text.contains("O_WRONLY"), !text.contains("O_RDWR") { continue }
        guard
          let last = names.matches(in: text, range: NSRange(text.startIndex..., in: text)).last,
          let range = Range(last.range(at: 1), in: text)
        else { continue }
        let path = String(text[range])
        if path == "/dev/null" { continue }
        looked += 1
        let isOwn = locks.contains(path) || folders.contains { path == $0 || path.hasPrefix($0 + "/") }
        #expect(isOwn && !path.contains("/../"), "\(text)")
      }
      // What the night wrote was seen: the proof is not blind.
      #expect(looked > 5)
      let strays = try Executables.shell("find work", in: temporary, temporary: temporary)
      #expect(strays.output == "work\n")
    }
  }
}
