import Readiness

/// Reads a profile's top, key by key.
struct TargetReader {
    let top: Section
    /// Relative paths of the profile itself begin here.
    let folder: String
    /// Where the repository is checked out, if the caller knows better than the file.
    let checkout: String?
    /// The ids of Holdpoint's own checks.
    let builtIn: [CheckID]

    /// The profile, or nil after stating why there is none. Problems in its parts are stated and leave parts out.
    func profile() -> TargetProfile? {
        top.refuseKeys(except: TargetProfileFile.keys)
        let version = top.required("version", accepted: "1").flatMap { top.word("version", $0, among: ["1"]) }
        let id = top.required("id", accepted: Self.idAccepted).flatMap { identifier("id", $0) }
        let environments = TargetEnvironment.allCases.map(\.rawValue)
        let environment = top.required("environment", accepted: environments.joined(separator: ", "))
            .flatMap { top.word("environment", $0, among: environments) }
            .flatMap(TargetEnvironment.init(rawValue:))
        var profile = TargetProfile(
            id: id ?? "", environment: environment ?? .production,
            path: "\(folder)/\(top.problems.file.split(separator: "/").last ?? "")", folder: folder,
            source: SourceLocation(file: top.problems.file, line: top.line))
        let repository = top["repository"].flatMap { path("repository", $0, in: folder) }
        profile.repository = checkout ?? repository
        let paths = ProfilePaths(folder: folder, repository: profile.repository)
        profile.access = top["surface"].flatMap { AccessReader(top: top, paths: paths).access($0) }
        if let value = top["capabilities"] {
            profile.bindings = BindingReader(top: top, hasSurface: top["surface"] != nil).bindings(value)
        }
        profile.instances = top["instances"].map { instances($0, profile.access) } ?? []
        accounts(&profile)
        profile.paper = top["paper"].flatMap(paper)
        profile.ledger = top["ledger"].flatMap { LedgerReader(top: top, paths: paths).ledger($0) }
        files(&profile, paths)
        control(&profile)
        ownChecks(&profile, paths)
        // `profile` stands for nothing without these; what is wrong with them has been stated.
        guard version != nil, id != nil, environment != nil else { return nil }
        return profile
    }

    static let idAccepted = "a name of 1 to 64 lower-case letters, digits, and - or _"

    private func identifier(_ key: String, _ value: KeyValueTree) -> String? {
        guard let text = top.text(key, value, accepted: Self.idAccepted) else { return nil }
        guard ProfileNames.isIdentifier(text) else {
            top.problem(key, value, "is \(quoted(text))", accepted: Self.idAccepted)
            return nil
        }
        return text
    }

    private func path(_ key: String, _ value: KeyValueTree, in folder: String) -> String? {
        top.text(key, value, accepted: "a path").map { ProfilePaths.resolve($0, in: folder) }
    }

    /// The most instances that a profile may list; the readiness surface may list as many.
    private static let mostInstances = 64

    private func instances(_ value: KeyValueTree, _ access: TargetAccess?) -> [TargetProfile.Instance] {
        let keys = ["id", "address", "role"]
        var ids: Set<String> = []
        var addresses: Set<String> = []
        let sections = top.sections("instances", value, keys: keys) ?? []
        if sections.count > Self.mostInstances {
            top.problem("instances", value, "lists \(sections.count)", accepted: "at most \(Self.mostInstances)")
        }
        return sections.compactMap { section in
            section.refuseKeys(except: keys)
            let id = section.required("id", accepted: Self.instanceAccepted)
                .flatMap { section.word("id", $0, where: Self.isInstance, accepted: Self.instanceAccepted) }
            let address = section["address"].flatMap { SurfaceURL.read("address", $0, in: section) }
            if let address, let value = section["address"] { check(address, value, section, access) }
            let role = section["role"].map { section.word("role", $0, among: ["primary", "standby"]) ?? "" }
            guard let id else { return nil }
            if !ids.insert(id).inserted {
                section.problems.error(line: section.line, section.path, "names one instance twice")
            }
            if let address, !addresses.insert(address).inserted {
                section.problems.error(line: section.line, section.path, "is at another instance's address")
            }
            return TargetProfile.Instance(id: id, address: address, role: role ?? "primary")
        }
    }

    private static let instanceAccepted = "a name of 1 to 128 letters, digits, and . _ : or -"

    private static func isInstance(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// An instance is asked as the surface is, with the same credentials and authorities: so the way to it has to be
    /// protected as that one is.
    private func check(_ address: String, _ value: KeyValueTree, _ section: Section, _ access: TargetAccess?) {
        guard let access, case .address(let own) = access.place else {
            section.problem("address", value, "is given without a surface.address, which says how it is asked")
            return
        }
        guard own.hasPrefix("https://") == address.hasPrefix("https://") else {
            section.problem(
                "address", value, "is not asked as surface.address is", accepted: "the same of http and https")
            return
        }
        if !access.authentication.isEmpty, address.hasPrefix("http://"), !AccessReader.isLoopback(address) {
            section.problem(
                "address", value, "would get a secret over plain HTTP on another machine", accepted: "https://")
        }
    }

    private func accounts(_ profile: inout TargetProfile) {
        guard let value = top["accounts"], let section = top.section("accounts", value, keys: ["prefix"]) else {
            return
        }
        section.refuseKeys(except: ["prefix"])
        let accepted = "what stands before a tier's name in the accounts that checks may trade on: READY-"
        let prefix = section.required("prefix", accepted: accepted)
            .flatMap { section.text("prefix", $0, accepted: accepted) }
        if let prefix { profile.accountPrefix = prefix }
    }

    private func paper(_ value: KeyValueTree) -> PaperDeclaration? {
        let keys = ["venue", "address", "account"]
        guard let section = top.section("paper", value, keys: keys) else { return nil }
        section.refuseKeys(except: keys)
        let venues = PaperDeclaration.Venue.allCases.map(\.rawValue)
        let venue = section.required("venue", accepted: venues.joined(separator: ", "))
            .flatMap { section.word("venue", $0, among: venues) }
            .flatMap(PaperDeclaration.Venue.init(rawValue:))
        let accepted = "where the target sends orders: a URL, or host:port"
        let address = section.required("address", accepted: accepted)
            .flatMap { section.text("address", $0, accepted: accepted) }
        let account = section["account"].flatMap { section.text("account", $0, accepted: "the venue's account") }
        guard let venue, let address else { return nil }
        let paper = PaperDeclaration(venue: venue, address: address, account: account)
        if case .live(let words) = PaperJudgement(paper) {
            // A profile that declares paper and names the live side is not run with one side ignored.
            section.problem("address", section["address"] ?? value, "is not paper: \(words)")
        }
        return paper
    }

    private func files(_ profile: inout TargetProfile, _ paths: ProfilePaths) {
        if let value = top["log"] { log(value, &profile, paths) }
        if let value = top["storage"] {
            profile.storage =
                (top.names("storage", value, accepted: "paths", where: { !$0.isEmpty && $0.utf8.count <= 1_000 }) ?? [])
                .map(paths.inRepository)
        }
        profile.criteriaFile = top["criteria"].flatMap { path("criteria", $0, in: folder) }
        profile.policyFile = top["policy"].flatMap { path("policy", $0, in: folder) }
        profile.limitsFile = top["limits"].flatMap { path("limits", $0, in: folder) }
    }

    private func ownChecks(_ profile: inout TargetProfile, _ paths: ProfilePaths) {
        let heads = CheckHeadReader(
            builtIn: builtIn, own: ownIDs, hasUnseen: top["validators"] != nil)
        if let value = top["checks"] {
            let reader = CheckReader(
                top: top, paths: paths, heads: heads, access: profile.access, hasLedger: top["ledger"] != nil)
            profile.checks = reader.checks(value)
        }
        if let value = top["validators"] {
            let found = ExternalReader(top: top, paths: paths, heads: heads).found(value)
            profile.checks += found.checks
            profile.validators = found.validators
        }
    }

    /// The ids that the file gives, before any of them is judged: checks may require those that come later.
    private var ownIDs: [String] {
        func id(_ tree: KeyValueTree?) -> String? {
            guard case .map(let entries, _)? = tree,
                case .scalar(let id, _, _)? = entries.first(where: { $0.key == "id" })?.value
            else { return nil }
            return id
        }
        func items(_ key: String) -> [KeyValueTree] { if case .list(let items, _)? = top[key] { items } else { [] } }
        let wrapped = items("validators").map { item -> KeyValueTree? in
            if case .map(let entries, _) = item { entries.first { $0.key == "check" }?.value } else { nil }
        }
        return items("checks").compactMap(id) + wrapped.compactMap(id)
    }

    private static let logAccepted = "the path of the target's log, or a map with the keys file or command, and format"

    private func log(_ value: KeyValueTree, _ profile: inout TargetProfile, _ paths: ProfilePaths) {
        if case .scalar = value {
            profile.log = top.text("log", value, accepted: Self.logAccepted).map(paths.inRepository)
            return
        }
        let keys = ["file", "command", "format"]
        guard let section = top.section("log", value, keys: keys) else { return }
        section.refuseKeys(except: keys)
        if section["file"] == nil, section["command"] == nil {
            section.problems.error(
                line: section.line, section.path, "does not say where the log is", accepted: "file or command")
        }
        if section["file"] != nil, let command = section["command"] {
            section.problem("command", command, "is given beside a file: the log is in one of them")
        }
        profile.log = section["file"].flatMap { section.text("file", $0, accepted: "the path of the target's log") }
            .map(paths.inRepository)
        profile.logCommand = section["command"].flatMap { section.words("command", $0) }
        if let format = section["format"] {
            profile.logFormat = section.word("format", format, among: ["text", "json-lines"]) ?? "text"
        }
    }

    private func control(_ profile: inout TargetProfile) {
        if let value = top["control"], let section = top.section("control", value, keys: ["restart"]) {
            section.refuseKeys(except: ["restart"])
            profile.restart = section.required("restart", accepted: "the command that restarts the target")
                .flatMap { section.words("restart", $0) }
        }
        let entries = ProfileNames.runbook
        guard let value = top["runbook"], let section = top.section("runbook", value, keys: entries) else { return }
        section.refuseKeys(except: entries)
        for entry in section.entries where entries.contains(entry.key) {
            profile.runbook[entry.key] = section.longText(entry.key, entry.value, accepted: "a shell command")
        }
    }
}
