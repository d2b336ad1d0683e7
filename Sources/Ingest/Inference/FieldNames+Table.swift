// Names of columns by canonical field, as lowercase words; `kind.field` where a name means the field in one kind only.
// The umlauts are written out (ae, oe, ue), other marks left off.
extension FieldNames {
  static let table: [String: [String]] = [
    // Whose record it is.
    "number": [
      "msisdn", "served", "served msisdn", "served party", "a msisdn", "a number", "anumber", "a num", "a party",
      "calling",
      "calling number", "calling party number", "calling party", "caller", "caller number", "caller id number", "src",
      "source number", "subscriber number", "phone", "phone number", "mobile", "mobile number", "from number",
      "rufnummer",
      "telefonnummer", "teilnehmernummer", "anschluss", "a teilnehmer", "a rufnummer", "numero", "numero appelant",
      "appelant", "numero origen", "origen", "telefono", "linea", "numara", "arayan", "arayan numara", "hat no",
      "abone no",
      "telefon no", "gsm no", "chiamante", "numero chiamante", "numero telefone", "origem", "linha", "charged party",
    ],
    "subscription": [
      "subscription id", "subscription no", "subscriber", "subscriber id", "contract", "contract id", "contract no",
      "account", "account id", "account no", "account number", "account external key", "service id", "line id",
      "vertrag",
      "vertragsnummer", "vertrag nr", "abonnement", "contrato", "abonelik", "abonelik no", "contratto", "imsi",
    ],
    "tickets.subscription": [
      "customer", "customer id", "customer no", "custom field customer", "custom field customer id",
      "requester external id",
    ],
    "counterparty": [
      "b msisdn", "b number", "bnumber", "b num", "b party", "other", "other number", "other party", "called",
      "called number", "called party number", "called party", "final called party number", "dst", "destination",
      "destination number", "dialed number", "dialled number", "callee", "to number", "peer", "recipient",
      "gegenstelle",
      "ziel", "zielrufnummer", "b teilnehmer", "b rufnummer", "appele", "numero appele", "destinataire", "destino",
      "numero destino", "aranan", "aranan numara", "karsi numara", "chiamato", "numero chiamato", "destinatario",
    ],
    // Usage.
    "started_at": [
      "start", "start time", "start stamp", "start date time", "started", "starting date", "begin", "begin time",
      "call date", "calldate", "call start", "call start time", "timestamp", "event time", "event timestamp",
      "date time",
      "datetime", "date time origination", "setup time", "seizure time", "answer time", "start epoch",
      "record opening time", "beginn", "startzeit", "zeitpunkt", "anfang", "datum uhrzeit", "debut", "date debut",
      "date heure", "heure debut", "inicio", "fecha inicio", "fecha hora", "baslangic", "baslangic zamani", "zaman",
      "tarih saat", "inizio", "data inizio", "data hora", "ora inizio",
    ],
    "duration_seconds": [
      "duration", "seconds", "secs", "call duration", "billsec", "bill sec", "billable seconds", "connect duration",
      "chargeable duration", "dauer", "gespraechsdauer", "sekunden", "duree", "duree appel", "duracion", "segundos",
      "sure",
      "sure saniye", "saniye", "gorusme suresi", "durata", "duracao",
    ],
    "down_bytes": [
      "bytes down", "down", "downlink", "download", "downloaded", "downlink volume", "volume downlink", "data down",
      "bytes in", "volume in", "vol in", "octets in", "input octets", "bytes received", "received bytes", "dl bytes",
      "dl volume", "data volume downlink", "kb empfangen", "empfangen", "empfangene bytes", "volume descendant",
      "descendant", "bajada", "bytes bajada", "indirilen", "indirme", "scaricati", "recebidos",
    ],
    "up_bytes": [
      "bytes up", "up", "uplink", "upload", "uploaded", "uplink volume", "volume uplink", "data up", "bytes out",
      "volume out", "vol out", "octets out", "output octets", "bytes sent", "sent bytes", "ul bytes", "ul volume",
      "data volume uplink", "kb gesendet", "gesendet", "gesendete bytes", "volume montant", "subida", "bytes subida",
      "yuklenen", "yukleme", "inviati", "enviados",
    ],
    "charge": [
      "charged", "charge amount", "charged amount", "total charge", "cost", "call cost", "price", "fee", "amount",
      "rated amount", "sell cost", "entgelt", "betrag", "preis", "kosten", "gebuehr", "montant", "prix", "cout",
      "importe",
      "precio", "coste", "costo", "ucret", "tutar", "prezzo", "valor", "custo",
    ],
    "dropped": ["drop", "is dropped", "drop flag", "abgebrochen", "coupe", "cortada", "kesildi"],
    "roaming": ["is roaming", "roaming flag", "roamer", "itinerance", "itinerancia", "dolasim"],
    "international": ["is international", "abroad", "foreign", "ausland", "etranger", "internacional", "uluslararasi"],
    "cell": [
      "cell id", "cellid", "ci", "cgi", "ecgi", "eci", "site", "site id", "user location", "zelle", "funkzelle",
      "cellule",
      "celda", "hucre", "hucre no", "cella", "celula",
    ],
    "usage.type": [
      "record type", "tip", "call type", "cdr type", "event type", "service", "service type", "usage type", "tor",
      "art",
      "satzart", "dienst", "typ", "type appel", "tipo", "tipo servicio", "tipo llamada", "tur", "kayit tipi", "hizmet",
    ],
    "direction": ["dir", "call direction", "richtung", "sens", "sentido", "yon", "direzione", "direcao"],
    "record_key": [
      "record id", "id", "uuid", "uniqueid", "unique id", "call id", "callid", "cdr id", "cgrid", "pkid",
      "record number",
      "record no", "satz", "satz id", "satznummer", "kayit id", "kayit no", "identifiant", "transaction id",
    ],
    // Days and validity.
    "date": [
      "day", "event date", "usage date", "value date", "payment date", "paid date", "paid on", "booking date",
      "recharge date", "datum", "tag", "zahlungsdatum", "buchungsdatum", "jour", "date paiement", "fecha", "fecha pago",
      "dia", "tarih", "odeme tarihi", "gun", "data", "created date",
    ],
    "valid_from": [
      "from", "valid since", "start date", "effective from", "gueltig ab", "gueltig von", "von", "ab", "valable du",
      "desde",
      "valido desde", "gecerlilik baslangic", "baslangic tarihi", "dal", "valido dal",
    ],
    "valid_to": [
      "to", "valid until", "valid till", "end date", "effective to", "gueltig bis", "bis", "valable au", "hasta",
      "valido hasta", "gecerlilik bitis", "bitis tarihi", "al", "valido al",
    ],
    "effective_date": [
      "effective", "effective on", "date", "event date", "wirksam ab", "wirksam", "date effet", "fecha efecto",
    ],
    "recorded_date": ["recorded", "recorded on", "entry date", "erfasst", "erfasst am", "requested timestamp"],
    // Money.
    "bill": [
      "bill no", "bill number", "bill id", "invoice", "invoice id", "invoice no", "invoice number", "rechnung",
      "rechnungsnummer", "rechnung nr", "rechnungs nr", "facture", "numero facture", "factura", "numero factura",
      "fatura",
      "fatura no", "fattura", "numero fattura",
    ],
    "issued_date": [
      "issued", "issue date", "issued on", "bill date", "invoice date", "rechnungsdatum", "date facture",
      "fecha factura",
      "fecha emision", "fatura tarihi", "data fattura",
    ],
    "due_date": [
      "due", "due on", "payment due", "faellig", "faellig am", "faelligkeit", "faelligkeitsdatum", "echeance",
      "date echeance", "vencimiento", "fecha vencimiento", "vencimento", "son odeme tarihi", "scadenza",
    ],
    "period_start": [
      "period from", "period begin", "billing start", "service start", "start date", "zeitraum von", "leistung von",
      "debut periode", "inicio periodo", "donem baslangic", "inizio periodo",
    ],
    "period_end": [
      "period to", "period until", "billing end", "service end", "end date", "zeitraum bis", "leistung bis",
      "fin periode",
      "fin periodo", "donem bitis", "fine periodo",
    ],
    "amount": [
      "amount due", "total", "total amount", "sum", "gross", "gross amount", "invoice amount charged", "value",
      "betrag",
      "summe", "gesamtbetrag", "montant", "montant total", "importe", "monto", "tutar", "odeme tutari", "importo",
      "valor",
    ],
    "payment": [
      "payment id", "payment no", "transaction", "transaction id", "zahlung", "zahlungs nr", "paiement", "pago",
      "odeme", "odeme no",
    ],
    "failed": ["is failed", "failure", "fehlgeschlagen", "echoue", "fallido", "basarisiz"],
    "top_up": [
      "topup", "topup id", "top up id", "recharge", "recharge id", "reload id", "voucher", "voucher id",
      "transaction id",
      "aufladung", "recharge no", "recarga", "yukleme", "yukleme no", "ricarica",
    ],
    "balance": ["credit", "account balance", "main balance", "guthaben", "saldo", "solde", "bakiye", "credito"],
    "bundle_expiry_date": [
      "bundle expiry", "expiry", "expiry date", "expires", "expires on", "ablauf", "ablaufdatum", "expiration",
      "caducidad", "son kullanma",
    ],
    "monthly_fee": [
      "fee", "price", "monthly price", "recurring charge", "grundgebuehr", "monatspreis", "abonnement mensuel",
      "cuota mensual", "aylik ucret", "canone",
    ],
    "cost_per_million": ["cost", "cost per million", "unit cost"],
    // Tickets.
    "ticket": [
      "ticket id", "ticket no", "ticket number", "id", "issue key", "case", "case id", "case number", "vorgang",
      "vorgangsnummer", "stoerung",
      "numero ticket", "kayit no", "talep no",
    ],
    // Orders.
    "order": [
      "order id", "order no", "order number", "purchase order", "auftrag", "auftragsnummer", "auftrag nr",
      "bestellung", "bestellnummer", "commande", "numero commande", "pedido", "numero pedido", "siparis", "siparis no",
      "ordine", "numero ordine",
    ],
    "placed_at": [
      "placed", "placed on", "ordered", "ordered at", "order date", "order time", "submitted", "submitted at",
      "created",
      "created at", "bestellt", "bestelldatum", "auftragsdatum", "date commande", "fecha pedido", "siparis tarihi",
      "data ordine",
    ],
    "orders.status": ["order status", "order state", "auftragsstatus"],
    "kind": ["order kind", "order type", "type", "auftragsart", "type commande", "tipo pedido", "siparis tipi"],
    "queue": [
      "team", "group", "assigned group", "assignment group", "owner group", "work queue", "bearbeiter", "gruppe",
      "equipe", "equipo", "ekip",
    ],
    "promised_date": [
      "promised", "promised on", "promise date", "requested completion date", "expected completion date",
      "delivery date", "zugesagt", "zusagedatum", "liefertermin", "wunschtermin", "date promise", "date livraison",
      "fecha prometida", "fecha entrega", "teslim tarihi",
    ],
    // Outages.
    "outage": [
      "outage id", "outage no", "alarm", "alarm id", "event id", "incident", "incident id", "ausfall", "ausfall id",
      "panne", "corte", "kesinti", "kesinti no", "guasto",
    ],
    "ended_at": [
      "ended", "end", "end time", "end date", "cleared", "cleared at", "clear time", "restored", "restored at",
      "recovered at", "ende", "behoben", "fin", "date fin", "bitis", "bitis tarihi", "fine",
    ],
    "outages.kind": ["outage type", "alarm type", "cause", "ausfallart", "type panne", "tipo corte", "kesinti tipi"],
    "changed_at": [
      "changed", "updated", "updated at", "last update", "last update time", "last updated", "modified", "modified at",
      "geaendert", "geaendert am", "mis a jour", "actualizado", "guncelleme",
    ],
    "opened_at": [
      "opened", "created", "created at", "created time", "creation date", "opened on", "eroeffnet", "erstellt",
      "erstellt am", "cree", "cree le", "creado", "abierto", "acilis", "acilis tarihi", "creato",
    ],
    "resolved_at": [
      "resolved", "resolved time", "solved at", "solved", "closed", "closed at", "closed time", "geloest", "geloest am",
      "geschlossen am", "resolu le", "resuelto", "cerrado", "kapanis", "kapanis tarihi", "chiuso",
    ],
    "status": ["state", "ticket status", "zustand", "statut", "etat", "estado", "durum", "stato"],
    "category": [
      "type", "ticket type", "issue type", "topic", "queue", "kategorie", "thema", "categorie", "categoria", "kategori",
    ],
    "tickets.channel": ["via", "source", "kanal", "canal", "canale"],
    "text": [
      "description", "body", "message", "comment", "subject", "summary", "title", "beschreibung", "betreff",
      "descripcion", "aciklama", "descrizione",
    ],
    // Parties.
    "person": [
      "person id", "customer", "customer id", "customer no", "customer number", "contact id", "party", "party id",
      "kunde", "kundennummer", "kunden nr", "client", "numero client", "cliente", "musteri", "musteri no",
    ],
    "payer": ["payer id", "paying customer", "bill to", "zahler", "payeur", "pagador", "odeyen"],
    "household": ["household id", "family", "family id", "haushalt", "foyer", "hogar", "hane"],
    "sim": ["iccid", "sim no", "sim number", "sim card", "sim karte", "carte sim"],
    "segment": ["customer segment", "customer type", "kundensegment", "kundentyp", "segmento"],
    "birth_year": ["year of birth", "yob", "geburtsjahr", "annee naissance", "ano nacimiento", "dogum yili"],
    "region": ["area", "province", "state", "city", "bundesland", "gebiet", "provincia", "bolge", "il"],
    "language": ["lang", "locale", "sprache", "langue", "idioma", "dil", "lingua"],
    "email": ["e mail", "mail", "email address", "mail address", "e posta", "correo", "courriel"],
    "channel": ["kanal", "canal", "canale", "medium"],
    "purpose": ["zweck", "finalite", "finalidad", "amac"],
    "granted": [
      "consent", "given", "opt in", "optin", "allowed", "permission", "einwilligung", "erteilt", "accorde", "otorgado",
      "onay", "izin",
    ],
    "decided_at": [
      "decided", "decided on", "consent date", "consent time", "given at", "timestamp", "entschieden", "erteilt am",
    ],
    "source": ["origin", "collected by", "quelle", "origine", "kaynak"],
    "contacted_at": [
      "contacted", "contact date", "contact time", "sent at", "sent", "timestamp", "kontaktiert", "kontaktiert am",
    ],
    "campaign": ["campaign id", "campaign code", "kampagne", "campagne", "campana", "kampanya"],
    "offer": ["offer id", "offer code", "angebot", "offre", "oferta", "teklif"],
    "outcome": ["result", "response", "delivery status", "ergebnis", "resultat", "resultado", "sonuc"],
    // Catalogue and contract.
    "product": [
      "product id", "product code", "plan", "plan id", "tariff", "tariff id", "code", "sku", "tarif", "produkt",
      "produit", "producto", "tarife", "urun", "next slug",
    ],
    "name": ["product name", "plan name", "title", "label", "bezeichnung", "nom", "nombre", "ad", "isim", "nome"],
    "payment_type": [
      "contract type", "prepaid postpaid", "billing type", "zahlungsart", "type paiement", "tipo pago", "odeme tipi",
    ],
    "data_allowance_bytes": [
      "data allowance", "allowance", "included data", "data included", "data bundle", "inklusivvolumen",
      "datenvolumen inklusive", "data inclus", "datos incluidos", "dahil internet", "dati inclusi",
    ],
    "contract_months": ["term", "contract term", "months", "laufzeit", "vertragslaufzeit", "duree contrat", "meses"],
    "contract_end_date": [
      "contract end", "end of contract", "vertragsende", "fin contrat", "fin contrato", "sozlesme bitis",
    ],
    "event": ["event type", "transition", "change", "ereignis", "vorgang", "evenement", "evento", "olay"],
    "cause": ["reason", "grund", "motif", "motivo", "neden"],
    "unit": ["usage unit", "item", "einheit", "unite", "unidad", "birim"],
  ]
}
