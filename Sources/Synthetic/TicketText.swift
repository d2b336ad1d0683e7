/// What customers write: a few sentences a category, with commas, quotes, umlauts and line breaks as people use them.
enum TicketText {
  private static let openings: [[String]] = [
    [
      "Seit gestern kein Netz, weder Telefon noch Internet", "Calls drop after a minute, every time",
      "Empfang im Büro weg",
    ],
    ["Rechnung viel zu hoch, bitte prüfen", "Ich habe \"Premium\" nie bestellt", "Why was I charged twice?"],
    ["SIM wird nicht erkannt", "Neues Gerät, Einstellungen fehlen", "Phone shows \"emergency calls only\""],
    ["Bitte Adresse ändern", "Wie richte ich die Mailbox ein?", "PUK vergessen, brauche Hilfe"],
    ["Wann endet mein Vertrag?", "Möchte kündigen, was muss ich tun?", "How do I take my number with me?"],
    ["Frage zur Rufnummernmitnahme im Ausland", "Lob für den Shop", "Sonstiges"],
  ]
  private static let endings = [
    ".", ", danke.", ", bitte um Rückruf.\nMit freundlichen Grüßen", "; it's urgent!", ", schon zum dritten Mal.",
  ]

  /// The text of a ticket; the same key gives the same text at every change.
  static func text(category: Int, isResolved: Bool, stream: inout DrawStream) -> String {
    let choices = openings[category]
    let text = choices[stream.integer(0...choices.count - 1)] + endings[stream.integer(0...endings.count - 1)]
    return isResolved ? text + " [erledigt]" : text
  }
}
