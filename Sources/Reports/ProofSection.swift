import Ledger

/// What proves the page: the night's entries in the signed log.
struct ProofSection {
  private let facts: ReportFacts

  init(_ facts: ReportFacts) { self.facts = facts }

  var section: Markup? {
    guard let last = facts.entries.last else { return nil }
    let rows = facts.entries.map { item -> [Markup] in
      let entry = item.entry
      return [
        Page.code(entry.fileName), .text(entry.stage), Page.count(Int64(entry.products.count)),
        Page.count(Int64(entry.materials.count)), Page.count(Int64(entry.warnings.count)),
        Page.code(String(item.digest.hex.prefix(16))),
      ]
    }
    return Page.section(
      "Proof", "What the stages of this night committed. Each entry is signed and names the one before it.",
      [
        Page.table(
          [
            .words("entry"), .words("stage"), .number("files made"), .number("files read"), .number("warnings"),
            .words("SHA-256, its head"),
          ], rows), element("h3", [:], "Keep elsewhere, to notice a log that was cut or written anew"),
        Page.code("\(facts.origin) · entry \(last.entry.sequence) · \(last.digest.hex)"),
        element(
          "p", ["class": "note"],
          .text(
            "nightjar-audit verify --checkpoint-out FILE writes the same as a file; --against FILE checks it. "
              + "nightjar-audit verify --read-data reads every file again.")),
      ])
  }
}
