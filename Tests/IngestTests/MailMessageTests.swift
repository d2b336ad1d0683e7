import Ingest
import Testing

@Suite struct MailMessageTests {
  /// The values of some parts of one message.
  private func values(_ parts: [String], _ message: String) -> [String] {
    MailboxReaderTests.read("From a\n\(message)", parts).rows.first ?? []
  }

  @Test(arguments: [
    ("=?UTF-8?Q?Beschwerde_=C3=BCber_Netz?=", "Beschwerde über Netz"), ("=?utf-8?B?w6Q=?= plain", "ä plain"),
    ("=?ISO-8859-1?Q?=E4?=\n =?iso-8859-1?q?=F6?= x", "äö x"), ("=?windows-1252?Q?=80_5?=", "€ 5"),
    ("=?utf-8*de?Q?=C3=9F?=", "ß"), ("=?koi8-r?Q?=C1?=", "=?koi8-r?Q?=C1?="), ("=?utf-8?Q?=FF?=", "=?utf-8?Q?=FF?="),
    ("=?utf-8?X?a?=", "=?utf-8?X?a?="), ("=?utf-8?B?*?=", "=?utf-8?B?*?="), ("a =? b ?= c", "a =? b ?= c"),
    ("  kept   blanks  ", "kept   blanks"), ("=?utf-8?Q?a?=b", "ab"), ("x =?utf-8?Q?a?=", "x a"),
  ])
  func `a header beyond ASCII is read by its encoded words`(delivered: String, text: String) {
    #expect(values(["SUBJECT"], "Subject: \(delivered)\n\n") == [text])
  }

  @Test(arguments: [
    ("Tue, 24 Nov 2026 09:15:00 +0100", "2026-11-24T09:15:00+01:00"),
    ("24 Nov 2026 09:15 -0330 (Newfoundland (winter))", "2026-11-24T09:15:00-03:30"),
    ("Tue, 4 Nov 26 9:05:07 EST", "2026-11-04T09:05:07-05:00"),
    ("Fri, 01 Jan 99 00:00:00 GMT", "1999-01-01T00:00:00+00:00"),
    ("Tue,24 Nov 2026 09:15:00 Z", "2026-11-24T09:15:00+00:00"),
    ("24 November 2026 09:15:00 -0000", "2026-11-24T09:15:00+00:00"),
    ("gestern", "gestern"), ("24 Xyz 2026 09:15:00 +0100", "24 Xyz 2026 09:15:00 +0100"),
    ("24 Nov 2026 09:15:00 +2500", "24 Nov 2026 09:15:00 +2500"), ("24 Nov 2026 09 +0100", "24 Nov 2026 09 +0100"),
  ])
  func `a date becomes ISO 8601, and what is none stays`(delivered: String, time: String) {
    #expect(values(["Date"], "Date: \(delivered)\n\n") == [time])
  }

  @Test(arguments: [
    ("Ada Lovelace <Ada@Example.org>", "ada@example.org"), ("ada@example.org (home)", "ada@example.org"),
    ("\"Lovelace, Ada <x@y>\" <ada@example.org>", "ada@example.org"), ("a@b.c, d@e.f", "a@b.c"), ("undisclosed", ""),
  ])
  func `the sender is an address in lower case`(delivered: String, address: String) {
    #expect(values(["$from-address"], "From: \(delivered)\n\n") == [address])
  }

  @Test func `replies belong to the thread that References or In-Reply-To name`() {
    func message(_ id: String, _ day: Int, _ more: String = "") -> String {
      "From a\nMessage-ID: <\(id)>\nDate: \(day) Nov 2026 10:00:00 +0000\n\(more)\n\n"
    }
    let text =
      message("1@x", 1, "Subject: s\n") + message("2@x", 2, "In-Reply-To: <1@x>\n")
      + message("3@x", 3, "In-Reply-To: \"Ada\" <2@x>\n") + message("4@x", 4, "References: <1@x>\n <2@x>\n")
      + message("5@x", 5, "References: <0@x> <9@x>\n") + message("6@x", 6, "In-Reply-To: <0@x>\n")
      + message("7@x", 7, "References: <7@x>\n") + "From a\nSubject: none\n\n"
    let rows = MailboxReaderTests.read(text, ["$thread", "$opened"]).rows
    #expect(rows.map(\.[0]) == ["1@x", "1@x", "1@x", "1@x", "0@x", "0@x", "7@x", ""])
    #expect(rows.prefix(7).map { String($0[1].prefix(10)) } == [1, 1, 1, 1, 5, 5, 7].map { "2026-11-0\($0)" })
  }

  @Test func `the text is the first plain part that is no attachment`() {
    let message = """
      Content-Type: multipart/mixed; boundary="--b;1"

      preamble
      ----b;1
      Content-Type: text/plain
      Content-Disposition: attachment; filename=x.txt

      attached
      ----b;1
      Content-Type: MULTIPART/alternative; boundary=inner

      --inner
      Content-Type: text/html

      <p>no</p>
      --inner
      Content-Type: text/plain; charset=ISO-8859-1
      Content-Transfer-Encoding: quoted-printable

      Gr=FC=DFe aus=
       Berlin
      --inner--
      ----b;1--

      """
    #expect(values(["$text"], message) == ["Grüße aus Berlin"])
  }

  @Test(arguments: [
    ("\nplain\n", "plain\n"), ("Content-Transfer-Encoding: base64\n\nw6TDtg==\n", "äö"),
    ("Content-Transfer-Encoding: base64\n\n???\n", ""), ("Content-Type: text/html\n\n<p>\n", ""),
    ("Content-Type: multipart/mixed\n\n--x\n\na\n", ""), ("Content-Type: text/plain; charset=koi8-r\n\na\n", ""),
    ("\n>From me\n>>From you\n> quoted\n", "From me\n>From you\n> quoted\n"),
  ])
  func `a single part is decoded, or is empty where it cannot be`(message: String, text: String) {
    #expect(values(["$text"], "X: y\n\(message)") == [text])
  }
}
