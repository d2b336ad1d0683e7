import Calendar
import Campaigns
import Configuration
import Testing

@Suite struct ExportSettingsTests {
  private func read(_ text: String) throws -> ExportSettings {
    try ExportSettings.read(try ConfigurationDocument(path: "export.yaml", bytes: Array(text.utf8)))
  }

  @Test func `zone, window and line end are read`() throws {
    let settings = try read("zone: Europe/Berlin\ncontact-window: {from: \"09:30\", to: \"24:00\"}\nline-end: lf\n")
    #expect(settings.zone.name == "Europe/Berlin")
    #expect(settings.fromMinute == 570)
    #expect(settings.toMinute == 1_440)
    #expect(!settings.endsWithCarriageReturn)
  }

  @Test func `everything wrong is reported at once, with its place`() {
    let error = #expect(throws: ConfigurationError.self) {
      try read("zone: Europe/Nowhere\ncontact-window: {from: \"9\", to: \"25:00\"}\nline-ends: lf\n")
    }
    #expect(error?.problems.count == 4)
    #expect(error?.description.contains("export.yaml:1:") == true)
    #expect(error?.description.contains("line-end") == true)
  }

  @Test func `a window that ends before it begins is refused`() {
    #expect(throws: ConfigurationError.self) {
      try read("zone: UTC\ncontact-window: {from: \"20:00\", to: \"09:00\"}\n")
    }
  }
}
