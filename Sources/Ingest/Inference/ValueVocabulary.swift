/// What delivered codes mean: `MOC` is a call made, `ouvert` an open ticket. Codes are compared as words, so that
/// `VOICE_MO`, `voice-mo` and `VoiceMo` are one.
enum ValueVocabulary {
  /// The canonical value that a delivered one stands for; nil where the vocabulary lacks it.
  static func meaning(of value: [UInt8], field: String, allowed: [String]) -> String? {
    let text = String(decoding: value, as: UTF8.self)
    if allowed.contains(text) { return text }
    for words in FieldNames.spellings(text) {
      if let found = meaning(of: words, field: field, allowed: allowed) { return found }
    }
    return nil
  }

  private static func meaning(of words: [String], field: String, allowed: [String]) -> String? {
    guard !words.isEmpty, words.count <= 4 else { return nil }
    let joined = words.joined(separator: "-")
    if allowed.contains(joined) { return joined }
    let owner = allowed.contains("placed") ? "order_" : allowed.contains("planned") ? "outage_" : ""
    let codes = table[owner + field]
    if let found = codes?[joined] { return allowed.contains(found) ? found : nil }
    // Several words: those that the field knows must agree (`voice mo` for a direction is that of `mo`).
    let meanings = Set(words.compactMap { codes?[$0] })
    return meanings.count == 1 && allowed.contains(meanings.first ?? "") ? meanings.first : nil
  }

  private static func codes(_ groups: [String: String]) -> [String: String] {
    var table: [String: String] = [:]
    for (meaning, words) in groups { for word in words.split(separator: " ") { table[String(word)] = meaning } }
    return table
  }

  /// The codes by field.
  private static let table: [String: [String: String]] = [
    "type": codes([
      "voice":
        "voice call calls moc mtc voicemo voicemt telephony speech tel cs volte anruf gespraech telefonie sprache voix appel voz llamada ses arama cagri voce chiamata emergency forwarding cf roamingvoice",
      "sms":
        "sms smsmo smsmt mosms mtsms message messages text mms kurznachricht nachricht mensaje mesaj messaggio smmo smmt",
      "data":
        "data gprs pdp ps packet internet session sessions lte pgwrecord sgwrecord daten donnees datos veri dati dados ggsn sgsn pgw sgw volume browsing",
    ]),
    "direction": codes([
      "out":
        "out outgoing outbound mo moc originating originated o smsmo mosms smmo voicemo data gprs pdp ps session sortant emis ausgehend abgehend abgang salida saliente giden uscente saida made emergency",
      "in":
        "in incoming inbound mt mtc terminating terminated t smsmt mtsms smmt voicemt entrant recu eingehend ankommend entrada entrante gelen entrante received",
    ]),
    "status": codes([
      "open": "open new offen neu reopened ouvert nouveau abierto nuevo acik yeni aperto aberto active in-progress",
      "pending": "pending waiting hold on-hold wartend wartet en-attente pendiente beklemede sospeso pendente wait",
      "resolved": "resolved solved done fixed geloest erledigt resolu resuelto cozuldu risolto resolvido",
      "closed": "closed geschlossen cancelled canceled ferme clos cerrado kapali chiuso fechado",
    ]),
    "outage_kind": codes([
      "fault": "fault unplanned failure alarm down error incident stoerung ausfall panne fallo averia ariza guasto",
      "planned":
        "planned scheduled maintenance works upgrade wartung geplant planifie programado mantenimiento planli bakim",
    ]),
    "order_status": codes([
      "placed": "placed open new received submitted created neu eingegangen offen nouveau nuevo yeni nuovo",
      "in-progress":
        "in-progress progress processing active started acknowledged in-bearbeitung bearbeitung en-cours en-curso islemde",
      "on-hold": "on-hold hold held pending waiting blocked wartend angehalten en-attente pendiente beklemede sospeso",
      "completed":
        "completed complete done delivered fulfilled activated closed abgeschlossen erledigt geliefert termine livre completado entregado tamamlandi completato",
      "cancelled":
        "cancelled canceled rejected aborted failed storniert abgelehnt annule cancelado iptal annullato",
    ]),
    "kind": codes([
      "new-line": "new-line new newline activation newconnect neuanschluss neuvertrag aktivierung alta",
      "plan-change": "plan-change change upgrade downgrade tariff-change tarifwechsel",
      "device": "device handset phone hardware geraet endgeraet appareil terminal dispositivo cihaz",
      "port-in": "port-in portin port mnp portierung portabilite portabilidad",
      "other": "other misc sonstiges autre otro diger altro",
    ]),
    "category": codes([
      "network": "network coverage signal outage netz netzwerk stoerung reseau red sebeke rete technical incident",
      "billing":
        "billing bill invoice payment rechnung abrechnung facture facturation factura facturacion fatura fattura charges",
      "device": "device handset phone geraet endgeraet appareil terminal dispositivo cihaz telefon",
      "service": "service question request information anfrage frage demande consulta soru domanda task",
      "cancellation": "cancellation termination churn cancel kuendigung resiliation baja iptal disdetta",
      "other": "other misc sonstiges autre otro diger altro",
    ]),
    "channel": codes([
      "call": "call phone voice telefon hotline telephone telefono cagri", "email": "email mail e-mail e-posta correo",
      "sms": "sms text", "push": "push notification inapp", "letter": "letter post brief lettre carta mektup",
      "shop": "shop store retail laden boutique tienda magaza negozio", "app": "app mobile selfcare web chat portal",
      "any": "any all alle tous todos tum", "other": "other sonstiges autre otro diger",
    ]),
    "purpose": codes([
      "marketing": "marketing advertising werbung publicite publicidad reklam",
      "profiling": "profiling profilierung profilage",
      "traffic": "traffic verkehrsdaten trafic trafico trafik",
      "location": "location standort localisation ubicacion konum",
    ]),
    "payment_type": codes([
      "prepaid": "prepaid pre pp payg prepagado prepaye onodemeli faturasiz prepago",
      "postpaid": "postpaid post contract vertrag laufzeitvertrag postpaye pospago faturali pos",
    ]),
    "event": codes([
      "activation":
        "activation activate activated new start start-entitlement start-billing aktivierung alta aktivasyon",
      "plan-change": "change plan-change tariff-change upgrade downgrade tarifwechsel",
      "contract": "contract renewal verlaengerung",
      "notice": "notice cancel cancellation kuendigung resiliation",
      "port-request": "port port-request portout port-out porting",
      "suspension": "suspension suspend suspended pause sperre",
      "resumption": "resumption resume resumed unsuspend entsperrung",
      "termination":
        "termination terminate terminated stop deactivation end stop-entitlement stop-billing abschaltung baja",
    ]),
    "cause": codes([
      "notice": "notice customer", "port-out": "port portout port-out",
      "non-payment": "nonpayment non-payment dunning debt",
      "fraud": "fraud betrug", "death": "death deceased tod", "migration": "migration", "return": "return widerruf",
      "consolidation": "consolidation",
    ]),
    "segment": codes([
      "consumer": "consumer private residential privat b2c individual bireysel", "machine": "machine m2m iot",
      "business": "business corporate enterprise geschaeft b2b sme kurumsal",
    ]),
    "outcome": codes([
      "delivered": "delivered sent ok zugestellt", "failed": "failed undelivered bounced error",
      "accepted": "accepted yes converted bought", "refused": "refused no declined rejected",
      "opted-out": "optout opted-out unsubscribed stop",
    ]),
    "unit": codes([
      "voice-second": "second voice seconds", "sms": "sms", "data-byte": "byte bytes data", "bill": "bill invoice",
      "roaming-event": "roaming", "ticket": "ticket", "subscription-day": "day subscription",
    ]),
    "flag": codes([
      "true": "yes y ja j oui si evet e sim t on true x wahr vrai verdadero",
      "false": "no n nein non hayir h nao f off false falsch faux falso",
    ]),
  ]
}
