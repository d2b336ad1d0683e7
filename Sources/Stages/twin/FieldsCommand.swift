import ArgumentParser
import Columns
import Ledger
import Stage
import Twins

/// `nightjar-twin fields`: the catalogue as a table.
struct FieldsCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "fields", abstract: "Check a catalogue of fields, and print it as a table.",
    discussion: """
      Reads the file of --entity, such as twins/subscription.yaml; needs no home. Every fault of the file is printed as file:line:column, with status 78. \
      The table is Markdown: name, type (with ? where a value may be missing), unit, window, source, meaning, what a missing \
      value means, purposes, legal basis.
      """)
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @OptionGroup var choice: EntityOption

  func validate() throws {
    if options.date != nil { throw ValidationError("--date is not for this command") }
  }

  func run(_ context: StageContext) throws -> StageOutcome {
    let catalogue = try choice.catalogue(context)
    if !context.isJSON {
      context.output(TwinField.documentationHeader)
      for field in catalogue.fields { context.output(field.documentationRow) }
    }
    return .answered(
      summary: "\(catalogue.fields.count) fields", json: CanonicalJSON.array(catalogue.fields.map(json)).text)
  }

  private func json(_ field: TwinField) -> CanonicalJSON {
    .object([
      "basis": .string(field.basis.rawValue), "meaning": .string(field.column.meaning), "name": .string(field.name),
      "nullMeaning": .string(field.nullMeaning), "purpose": .array(field.purposes.map { .string($0.rawValue) }),
      "source": .string(field.source), "type": .string(field.column.type.rawValue), "unit": .string(field.unit),
      "window": .string(field.window),
    ])
  }
}
