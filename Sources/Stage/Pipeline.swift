public import Configuration
public import Ledger

/// A pipeline file: the stages of a night, in order.
///
/// ```yaml
/// inbox: /var/spool/nightjar     # what {inbox} stands for; --inbox overrides it
/// stages:
///   - {stage: ingest, arguments: [--inbox, "{inbox}"]}
///   - {stage: twin}
/// ```
public struct Pipeline: Sendable, Hashable {
  /// One stage of a night.
  public struct Step: Sendable, Hashable {
    /// The verb: `ingest` runs `nightjar-ingest`.
    public let stage: String
    /// What the stage gets beside the shared options.
    public let arguments: [String]
  }

  /// The stages in order.
  public let steps: [Step]
  /// The digest of the file's bytes.
  public let digest: SHA256Digest

  private static let inboxPlaceholder = "{inbox}"

  /// Reads a pipeline file; `inbox` overrides the file's own.
  public static func load(path: String, inbox: String?) throws(ConfigurationError) -> Pipeline {
    try Pipeline(ConfigurationDocument.load(path: path), inbox: inbox)
  }

  /// Reads a pipeline document.
  package init(_ document: ConfigurationDocument, inbox: String?) throws(ConfigurationError) {
    let reader = document.reader()
    let ownInbox = reader.optionalString("inbox")
    let inbox = inbox ?? ownInbox
    steps = reader.mappings(in: "stages") { step in
      let stage = step.string("stage")
      let arguments = step.strings("arguments", isOptional: true)
      let isVerb = stage.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
      if !isVerb { step.report(at: step.location, "'\(stage)' is no stage: lowercase letters and hyphens") }
      if inbox == nil && arguments.contains(Pipeline.inboxPlaceholder) {
        step.report(
          at: step.location, "'{inbox}' stands for nothing: give the pipeline an inbox, or the command --inbox")
      }
      return Step(stage: stage, arguments: arguments.map { $0 == Pipeline.inboxPlaceholder ? inbox ?? $0 : $0 })
    }
    try reader.finish()
    digest = SHA256Digest(of: document.bytes)
  }
}
