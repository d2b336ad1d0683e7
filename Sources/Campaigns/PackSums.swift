import Calendar
import Ledger

/// The sums of a pack: for its manifest and for the log.
struct PackSums: Sendable {
  let contacts: [PlannedContact]
  let controls: [PersonAssignment]
  let suppressions: [HeldBackLists.Suppression]
  let channels: [String]

  /// Sums by name: contacts and cost by channel, controls by arm, suppressions by reason.
  var counts: [String: Int64] {
    var counts: [String: Int64] = [
      "contacts": Int64(contacts.count), "value_e4": contacts.reduce(0) { $0 + $1.valueE4 },
      "cost_e4": contacts.reduce(0) { $0 + $1.costE4 }, "control": Int64(controls.count),
      "suppressed": Int64(suppressions.count),
    ]
    for channel in channels {
      counts["contacts.\(channel)"] = 0
      counts["cost_e4.\(channel)"] = 0
    }
    for contact in contacts {
      counts["contacts.\(contact.channel)", default: 0] += 1
      counts["cost_e4.\(contact.channel)", default: 0] += contact.costE4
    }
    for control in controls { counts["control.\(control.arm)", default: 0] += 1 }
    for row in suppressions { counts["suppressed.\(row.reason)", default: 0] += 1 }
    return counts
  }

  /// `manifest.json`: what the pack holds, for the tool that loads it. Canonical JSON; money in 1/10,000.
  func manifest(night: Day, files: [CampaignPack.File], window: ContactWindow) -> CampaignPack.File {
    let cells = Dictionary(grouping: contacts) { [$0.campaign, $0.offer, $0.channel] }
    let cellList = cells.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, contacts in
      CanonicalJSON.object([
        "campaign": .string(key[0]), "offer": .string(key[1]), "channel": .string(key[2]),
        "contacts": .integer(Int64(contacts.count)), "cost_e4": .integer(contacts.reduce(0) { $0 + $1.costE4 }),
        "value_e4": .integer(contacts.reduce(0) { $0 + $1.valueE4 }),
      ])
    }
    let json = CanonicalJSON.object([
      "schema_version": .integer(Int64(SendLists.schemaVersion) ?? 0), "night": .string(night.description),
      "earliest_send_at": .string(window.text(window.from)), "latest_send_at": .string(window.text(window.to)),
      "counts": .object(counts.mapValues { .integer($0) }), "cells": .array(cellList),
      "files": .array(
        files.sorted { $0.name < $1.name }.map { file in
          .object([
            "name": .string(file.name), "rows": .integer(file.rowCount ?? 0),
            "sha256": .string(SHA256Digest(of: file.bytes).hex),
          ])
        }),
    ])
    return CampaignPack.File(name: "manifest.json", bytes: json.bytes + [0x0A], rowCount: nil)
  }
}
