/// A piece of HTML or SVG. Text and attribute values are escaped when it is written; there is no way round that.
package indirect enum Markup: Sendable, Hashable {
  /// Text as people read it.
  case text(String)
  /// An element with its attributes and children.
  case element(String, [Attribute], [Markup])
  /// Pieces one behind the other.
  case group([Markup])

  /// A name and a value.
  package struct Attribute: Sendable, Hashable {
    let name: String
    let value: String
  }

  /// Elements that have no end tag.
  private static let voidElements: Set<String> = ["meta", "br", "hr", "col"]

  /// The HTML of this piece.
  package var html: String {
    var html = ""
    write(to: &html)
    return html
  }

  private func write(to html: inout String) {
    switch self {
    case .text(let text): Markup.escape(text, to: &html)
    case .group(let children): for child in children { child.write(to: &html) }
    case .element(let name, let attributes, let children):
      html += "<\(name)"
      for attribute in attributes {
        html += " \(attribute.name)=\""
        Markup.escape(attribute.value, to: &html)
        html += "\""
      }
      html += ">"
      if Markup.voidElements.contains(name) { return }
      for child in children { child.write(to: &html) }
      html += "</\(name)>"
    }
  }

  /// Escapes what means something in text or in a quoted value; control characters become the replacement character.
  private static func escape(_ text: String, to html: inout String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": html += "&amp;"
      case "<": html += "&lt;"
      case ">": html += "&gt;"
      case "\"": html += "&quot;"
      case "'": html += "&#39;"
      case "\n": html += "\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: html += "\u{FFFD}"
      default: html.unicodeScalars.append(scalar)
      }
    }
  }
}

extension Markup: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  package init(stringLiteral value: String) { self = .text(value) }
}

/// Makes an element.
package func element(
  _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: Markup...
) -> Markup {
  .element(name, attributes.map { Markup.Attribute(name: $0.key, value: $0.value) }, children)
}

/// Makes an element of a list of children.
package func element(
  _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup]
) -> Markup {
  .element(name, attributes.map { Markup.Attribute(name: $0.key, value: $0.value) }, children)
}
