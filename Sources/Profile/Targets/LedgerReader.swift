import Readiness

/// Reads `ledger`: where the database is, how we sign in, and which of its statements matter.
struct LedgerReader {
    let top: Section
    let paths: ProfilePaths

    private static let keys = [
        "engine", "path", "host", "port", "database", "user", "password", "transport", "authority", "pooled", "standby",
        "pooler", "migrations",
        "revision_table", "expected_head", "critical_queries", "books",
    ]
    private static let serverKeys = [
        "host", "port", "database", "user", "password", "transport", "authority", "pooled", "standby", "pooler",
    ]
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

    private func server(_ section: Section) -> LedgerServer? {
        let host = text("host", "a name, an address, or the folder of a Unix socket", section)
        let database = text("database", "the database's name", section)
        let user = text("user", "the role that reads", section)
        let port = self.port(section, otherwise: 5_432)
        let password = self.password(section)
        let transports = LedgerServer.Transport.allCases.map(\.rawValue)
        let transport = section["transport"].flatMap { section.word("transport", $0, among: transports) }
            .flatMap(LedgerServer.Transport.init(rawValue:))
        let authority = section["authority"]
            .flatMap { section.text("authority", $0, accepted: "the path of a file of PEM certificates") }
        let isPooled = section["pooled"].map { section.flag("pooled", $0) } ?? false
        let isStandby = section["standby"].map { section.flag("standby", $0) } ?? false
        let pooler = section["pooler"].flatMap { self.pooler($0, section) }
        guard let host, let database, let user, let port, let isPooled, let isStandby else { return nil }
        let server = LedgerServer(
            host: host, port: port, database: database, user: user, passwordName: password, transport: transport,
            rootCertificates: authority.map(paths.inProfile), isPooled: isPooled, isStandby: isStandby,
            pooler: pooler)
        if let transport, [.plain, .preferred].contains(transport), !server.isLocal, let value = section["transport"] {
            section.problem(
                "transport", value, "leaves the way to another machine open", accepted: "encrypted, verified")
        }
        return server
    }

    private func pooler(_ value: KeyValueTree, _ parent: Section) -> LedgerServer.Pooler? {
        let keys = ["host", "port", "user", "password"]
        guard let section = parent.section("pooler", value, keys: keys) else { return nil }
        section.refuseKeys(except: keys)
        let host = text("host", "a name or address of PgBouncer's console", section)
        let user = text("user", "a user of stats_users or admin_users", section)
        let port = self.port(section, otherwise: 6_432)
        let password = self.password(section)
        guard let host, let user, let port else { return nil }
        return LedgerServer.Pooler(host: host, port: port, user: user, passwordName: password)
    }

    private func text(_ key: String, _ accepted: String, _ section: Section) -> String? {
        section.required(key, accepted: accepted).flatMap { section.text(key, $0, accepted: accepted) }
    }

    private func port(_ section: Section, otherwise standard: Int) -> Int? {
        let ports = NumberRange(lowest: "1", highest: "65535", isWhole: true, unit: "port")
        guard let value = section["port"] else { return standard }
        return section.number("port", value, in: ports).flatMap { Int($0.description) }
    }

    /// The password by name. A path in it is made absolute.
    private func password(_ section: Section) -> String? {
        section["password"].flatMap { ProfileSecret.read("password", $0, in: section, paths) }?.description
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
        let more = ["orders", "cash"]
        let scales = ["quantity_scale", "price_scale", "money_scale"]
        guard let map = section.section("books", value, keys: statements + more + scales) else { return nil }
        map.refuseKeys(except: statements + more + scales)
        let texts = statements.map { key in
            map.required(key, accepted: "one SELECT").flatMap { map.longText(key, $0, accepted: "one SELECT") }
        }
        let digits = NumberRange(lowest: "0", highest: "18", isWhole: true, unit: "digits after the point")
        let numbers = scales.map { key in
            map.required(key, accepted: digits.description).flatMap { map.number(key, $0, in: digits) }
                .flatMap { Int($0.description) }
        }
        let others = more.map { key in
            map[key].flatMap { map.longText(key, $0, accepted: "one SELECT") }
        }
        let found = texts.compactMap(\.self)
        let scale = numbers.compactMap(\.self)
        guard found.count == statements.count, scale.count == scales.count else { return nil }
        return LedgerBooks(
            fills: found[0], fillsOfOrder: found[1], positions: found[2], orders: others[0], cash: others[1],
            contradictions: found[3], quantityScale: scale[0], priceScale: scale[1], moneyScale: scale[2])
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
