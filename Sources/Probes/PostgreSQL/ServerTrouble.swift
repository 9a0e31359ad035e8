import CLibpq
import Readiness

/// Puts what a PostgreSQL server or libpq says into its row of the table "what the probe met".
///
/// A server's own error is told apart by its SQLSTATE, never by its words, which are in the server's language.
struct ServerTrouble: Equatable {
    /// Five letters and digits; nil where libpq itself, or the network, is in trouble.
    var code: String?
    /// What was said, on one line, fit to be shown.
    var text: String

    /// `query_canceled`: a statement's time limit, or a cancel.
    var isStopped: Bool { code == "57014" }
    /// `read_only_sql_transaction`.
    var isWriteRefused: Bool { code == "25006" }

    init(code: String?, text: String) {
        self.code = code
        self.text = String(SafeText.line(text).prefix(200))
    }

    /// What a statement ended with. Neither detail, hint nor context: those quote values of rows.
    init(_ result: OpaquePointer?) {
        func field(_ character: Character) -> String? {
            // PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY, which are character constants.
            PQresultErrorField(result, CInt(character.asciiValue ?? 0)).map { String(cString: $0) }
        }
        let code = field("C")
        self.init(code: code, text: field("M") ?? "the server said nothing")
    }

    /// What connecting ended with: libpq keeps no fields of it, only text, with the SQLSTATE in it where it is verbose.
    init(connecting message: String) {
        let lines = message.split(whereSeparator: \.isNewline).filter { !$0.isEmpty }
        for line in lines {
            guard let found = line.firstMatch(of: /:  ([0-9A-Z]{5}): (.*)$/) else { continue }
            self.init(code: String(found.1), text: String(found.2))
            return
        }
        // With several addresses of a name each has a line.
        self.init(code: nil, text: lines.joined(separator: "; "))
    }

    /// The row of the table.
    func probeError(doing what: String, needsPassword: Bool = false) -> ProbeError {
        let detail = "\(what): \(text)"
        guard let code else {
            return ProbeError(needsPassword ? .unauthorised : .unreachable, at: .ledger, detail)
        }
        switch code {
        // Invalid authorisation; insufficient privilege.
        case _ where code.hasPrefix("28"), "42501": return ProbeError(.unauthorised, at: .ledger, detail)
        // PgBouncer says most of its troubles with a code of the protocol.
        case "08P01" where text.contains("authentication failed") || text.contains("not allowed"):
            return ProbeError(.unauthorised, at: .ledger, detail)
        // Connection, resources, an operator's or a lock's doing, a database that is not there, conflict on a standby.
        case _ where ["08", "53", "57"].contains(String(code.prefix(2))), "3D000", "55P03", "55006", "40001", "40P01":
            return ProbeError(.unreachable, at: .ledger, detail)
        default: return ProbeError(.nonsense, at: .ledger, "\(detail) (\(code))")
        }
    }
}
