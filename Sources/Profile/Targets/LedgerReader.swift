import Readiness

/// Reads `ledger`: where the database is, how we sign in, and which of its statements matter.
struct LedgerReader {
    let top: Section
    let paths: ProfilePaths

    private static let keys = [
        "engine", "path", "host", "port", "database", "user", "password", "tls", "authority", "pooler", "migrations",
        "revision_table", "expected_head", "critical_queries", "books",
    ]
    private static let serverKeys = ["host", "port", "database", "user", "password", "tls", "authority", "pooler"]
    private static let engines = ["desk", "sqlite", "postgresql"]

    /// The declaration, or nil after stating why there is none.
    func ledger(_ value: KeyValueTree) -> LedgerDeclaration? {
        guard let section = top.section("ledger", value, keys: Self.keys) else { return nil }
        section.refuseKeys(except: Self.keys)
        let engine = section.required("engine", accepted: Self.engines.joined(separator: ", "))
            .flatMap { section.word("engine", $0, among: Self.engines) }
        guard let engine, let place = place(engine, section) else { return nil }
        var ledger = LedgerDeclaration(place: place)
        ledger.migrationsFolder = section["migrations"]
            .flatMap { section.text("migrations", $0, accepted: "the path of a folder of migrations") }
            .map(paths.inRepository)
        ledger.revisionTable = section["revision_table"].flatMap { name("revision_table", $0, section) }
        ledger.expectedHead = section["expected_head"]
            .flatMap { section.text("expected_head", $0, accepted: "a revision") }
        ledger.criticalQueries = section["critical_queries"].map { queries($0, section) } ?? []
        ledger.books = section["books"].flatMap { books($0, section) }
        return ledger
    }

    private func place(_ engine: String, _ section: Section) -> LedgerDeclaration.Place? {
        if engine != "postgresql" {
            for key in Self.serverKeys {
                if let value = section[key] { section.problem(key, value, "belongs to the engine postgresql only") }
            }
        }
        if engine != "sqlite", let value = section["path"] {
            section.problem("path", value, "belongs to the engine sqlite only")
        }
        switch engine {
        case "desk": return .deskRecord
        case "sqlite":
            return section.required("path", accepted: "the path of the database file")
                .flatMap { section.text("path", $0, accepted: "the path of the database file") }
                .map { .sqlite(path: paths.inRepository($0)) }
        default: return server(section).map { .postgresql($0) }
        }
    }

    private func server(_ section: Section) -> LedgerDeclaration.PostgreSQLAddress? {
        typealias TLS = LedgerDeclaration.PostgreSQLAddress.TLS
        func text(_ key: String, _ accepted: String) -> String? {
            section.required(key, accepted: accepted).flatMap { section.text(key, $0, accepted: accepted) }
        }
        let host = text("host", "a name, an address, or the folder of a Unix socket")
        let database = text("database", "the database's name")
        let user = text("user", "the role that reads")
        let ports = NumberRange(lowest: "1", highest: "65535", isWhole: true, unit: "port")
        let port = section["port"].map { section.number("port", $0, in: ports) } ?? "5432"
        let password = section["password"].flatMap { ProfileSecret.read("password", $0, in: section, paths) }
        let modes = TLS.allCases.map(\.rawValue)
        let tls = section["tls"].map { section.word("tls", $0, among: modes).flatMap(TLS.init(rawValue:)) } ?? nil
        let authority = section["authority"]
            .flatMap { section.text("authority", $0, accepted: "the path of a file of PEM certificates") }
        let pooler = section["pooler"].map { section.flag("pooler", $0) } ?? false
        guard let host, let database, let user, let port, let pooler else { return nil }
        let isHere = host.hasPrefix("/") || host.hasPrefix("127.") || host == "::1"
        if tls == .disable, !isHere, let value = section["tls"] {
            section.problem("tls", value, "is off for a server on another machine", accepted: TLS.verifyFull.rawValue)
        }
        return LedgerDeclaration.PostgreSQLAddress(
            host: host, port: Int(port.description) ?? 5432, database: database, user: user, password: password,
            tls: tls ?? (isHere ? .disable : .verifyFull), authority: authority.map(paths.inProfile),
            isPooler: pooler)
    }

    private func name(_ key: String, _ value: KeyValueTree, _ section: Section) -> String? {
        let accepted = "a table's name: letters, digits and _, with a schema and a full stop before it perhaps"
        guard let text = section.text(key, value, accepted: accepted) else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isName =
            parts.count <= 2
            && parts.allSatisfy { part in
                guard let first = part.utf8.first, !(48...57).contains(first) else { return false }
                return part.utf8.allSatisfy { byte in
                    switch byte {
                    case 48...57, 65...90, 97...122, UInt8(ascii: "_"): true
                    default: false
                    }
                }
            }
        guard isName else {
            section.problem(key, value, "is \(quoted(text))", accepted: accepted)
            return nil
        }
        return text
    }

    private func queries(_ value: KeyValueTree, _ section: Section) -> [CriticalQuery] {
        let keys = ["name", "sql", "parameters"]
        var seen: Set<String> = []
        return (section.sections("critical_queries", value, keys: keys) ?? []).compactMap { item in
            item.refuseKeys(except: keys)
            let name = item.required("name", accepted: TargetReader.idAccepted)
                .flatMap { item.word("name", $0, where: ProfileNames.isIdentifier, accepted: TargetReader.idAccepted) }
            let sql = item.required("sql", accepted: "one SELECT")
                .flatMap { item.longText("sql", $0, accepted: "one SELECT") }
            let parameters = item["parameters"].map { item.words("parameters", $0) } ?? []
            guard let name, let sql, let parameters else { return nil }
            if !seen.insert(name).inserted {
                item.problems.error(line: item.line, item.path, "names the query \(name) twice")
            }
            return CriticalQuery(name: name, sql: sql, parameters: parameters)
        }
    }

    private func books(_ value: KeyValueTree, _ section: Section) -> LedgerBooks? {
        let statements = ["fills", "fills_of_order", "positions", "contradictions"]
        let scales = ["quantity_scale", "price_scale", "money_scale"]
        guard let map = section.section("books", value, keys: statements + scales) else { return nil }
        map.refuseKeys(except: statements + scales)
        let texts = statements.map { key in
            map.required(key, accepted: "one SELECT").flatMap { map.longText(key, $0, accepted: "one SELECT") }
        }
        let digits = NumberRange(lowest: "0", highest: "18", isWhole: true, unit: "digits after the point")
        let numbers = scales.map { key in
            map.required(key, accepted: digits.description).flatMap { map.number(key, $0, in: digits) }
                .flatMap { Int($0.description) }
        }
        let found = texts.compactMap(\.self)
        let scale = numbers.compactMap(\.self)
        guard found.count == statements.count, scale.count == scales.count else { return nil }
        return LedgerBooks(
            fills: found[0], fillsOfOrder: found[1], positions: found[2], contradictions: found[3],
            quantityScale: scale[0], priceScale: scale[1], moneyScale: scale[2])
    }
}

extension Section {
    /// A text that a condition holds for.
    func word(
        _ key: String, _ value: KeyValueTree, where isAccepted: (String) -> Bool, accepted: String
    ) -> String? {
        guard let text = text(key, value, accepted: accepted) else { return nil }
        guard isAccepted(text) else {
            problem(key, value, "is \(quoted(text))", accepted: accepted)
            return nil
        }
        return text
    }
}
