import Ingest

/// What `nightjar-ingest --help` tells: how a night is taken, and how a feed is added without asking anybody.
enum IngestHelp {
  static let text = """
    A NIGHT
      nightjar init --home Output                        once: home and keys
      nightjar-ingest --home Output --inbox DIR --date 2026-11-22
      nightjar-ingest --home Output --date 2026-11-22 FILE ...
      Every file below the inbox (or named) that a feed claims is read, once
      for ever by its content. Folders of the inbox that are named by a day
      after --date have not arrived yet. Options: nightjar-ingest help night

    EARLIER NIGHTS
      nightjar-ingest --supersede ...      corrected files replace the old ones
      nightjar-ingest gaps                 deliveries that did not come
      nightjar-ingest rejects --out FILE   rejected rows, to be repaired
      nightjar-ingest replay --file FILE   repaired rows, under their own file
      Sources/Ingest/Ingest.docc/History.md and Replay.md

    A NEW FEED
      1  nightjar-ingest --infer FILE > Pipelines/feeds/calls.yaml
         proposes a feed from a delivered file. Fill in what is marked FILL,
         look at what is marked CHECK.
      2  nightjar-ingest --home Output --date 2026-11-22 \\
           --feed Pipelines/feeds/calls.yaml --dry-run FILE
         tells, by file and member, what would be accepted and why the rest
         would not, with the shapes of the first bad rows. Writes nothing.
         Mend the feed until it fits.
      3  Run the night. Every feed in the folder feeds of --config is used;
         --feed names single ones instead.
      Numbers are looked up: deliver a feed of kind numbers first, or map
      subscription. unknown-number says that nobody owned a number then.
      Worked example: Sources/Ingest/Ingest.docc/AddingAFeed.md

    A FEED FILE
      feed: calls                          # a name of its own
      kind: usage                          # KINDS, below
      files: "calls_*.tar.gz"              # which delivered files are its own
      members: "calls_*.csv"               # of archives: which members
      format: csv                          # or ndjson, json, mbox
      dialect: {delimiter: ";", header: true, skip-lines: 0, comment: "#"}
      zone: Europe/Berlin                  # of times without offset, and of days
      numbers: {country-code: "49", trunk-prefix: "0", international-prefix: "00"}
      columns:                             # canonical field: where it comes from
        number: {from: caller}             # a name; a position without header
        counterparty: {from: called}       # or a dotted path in JSON
        started_at: {from: start, format: "dd.MM.yyyy HH:mm:ss"}
        duration_seconds: {from: seconds, unit: s}
        type: {from: service, values: {MOC: voice, SMS: sms}, otherwise: data}
        direction: {constant: out}
        charge: {from: cost, unit: cents}
      record-key: {from: [record_id], window-days: 35}
      calendar: {every: day, covers: file-name,
                 pattern: "calls_(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"}
      reject-threshold: 0.05               # more: the file is refused
      late-days: 35                        # older rows are out of the window

      format: iso8601, epoch, epoch-ms, or made of yyyy MM dd HH mm ss S;
      also yy with pivot: 2000, MMM and EEE (English names), d M H m s (one
      or two digits), h with a (AM, PM), Z (an offset), 'text'.
      unit: s ms min; B kB MB; 1 cents e4. A fault is told as
      file:line:column: message, all faults at once.
      Every key: Sources/Ingest/Ingest.docc/Feeds.md. Encodings, ragged rows,
      several header lines, decimal commas, missing marks, rewrites, checks,
      a zone per row, caller and called: FeedOptions.md beside it.

    PRESETS
      What is known of a system: preset: NAME instead of columns.
      nightjar-ingest --list-presets       those of --config, in its presets/
      nightjar-ingest --explain-preset asterisk

    KINDS: needed fields, then those that a feed may have
    \(FeedKind.help)

    WHAT BECOMES OF ROWS AND FILES
      read = accepted + rejected + duplicate + out of window + lines that are
      no rows. A bad row is one row of the dataset rejects; a bad file is
      refused and named; the others go on. A refused file is tried again when
      a feed has changed.

    WHAT THE EXIT STATUS MEANS HERE
       3  published, and something to know: rows rejected or out of the window,
          files refused, deliveries missing; --infer: something to fill in
      65  every new file was refused; --infer: FILE has no rows to look at
      66  an inbox, a file or the home cannot be read
      78  a feed or a preset is wrong, at file:line:column
    """
}
