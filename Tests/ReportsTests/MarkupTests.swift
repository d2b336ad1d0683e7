import Reports
import Testing

@Suite struct MarkupTests {
  @Test func `text and attribute values are escaped`() {
    let hostile = "<script>alert('x')</script> & \"y\"\u{0}"
    let html = element("p", ["title": hostile], .text(hostile)).html
    let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;\u{FFFD}"
    #expect(html == "<p title=\"\(escaped)\">\(escaped)</p>")
  }

  @Test func `elements nest, and void ones have no end`() {
    let html = element("div", [:], element("br"), element("b", [:], "x"), .group(["y", "z"])).html
    #expect(html == "<div><br><b>x</b>yz</div>")
  }
}

@Suite struct FigureTests {
  @Test func `numbers are grouped, and money is rounded to the cent`() {
    #expect(Figure.count(1_234_567) == "1\u{202F}234\u{202F}567")
    #expect(Figure.count(-12) == "−12")
    #expect(Figure.count(0) == "0")
    #expect(Figure.money(12_345_678) == "1\u{202F}234.57")
    #expect(Figure.money(-50) == "−0.01")
    #expect(Figure.money(-49) == "0.00")
  }

  @Test func `shares near nothing and near all are told from nothing and all`() {
    #expect(Figure.percent(1, of: 3) == "33.3 %")
    #expect(Figure.percent(0, of: 10) == "0.0 %")
    #expect(Figure.percent(1, of: 1_000_000) == "<0.1 %")
    #expect(Figure.percent(999_999, of: 1_000_000) == ">99.9 %")
    #expect(Figure.percent(10, of: 10) == "100.0 %")
    #expect(Figure.percent(1, of: 0) == "–")
  }

  @Test func `what is no number is a dash`() {
    #expect(Figure.fixed(nil, places: 2) == "–")
    #expect(Figure.fixed(.nan, places: 2) == "–")
    #expect(Figure.fixed(0.1254, places: 3) == "0.125")
    #expect(Figure.fixed(-0.0001, places: 2) == "0.00")
    #expect(Figure.fixed(1_234.5, places: 1) == "1\u{202F}234.5")
    #expect(Figure.bytes(1_530_000) == "1.5\u{202F}MB")
    #expect(Figure.bytes(999) == "999\u{202F}B")
  }
}
