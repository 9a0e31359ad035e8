import Readiness

/// Reads a profile's top, key by key.
struct TargetReader {
    let top: Section
    /// Relative paths of the profile itself begin here.
    let folder: String
    /// Where the repository is checked out, if the caller knows better than the file.
    let checkout: String?

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
        profile.instances = top["instances"].map(instances) ?? []
        accounts(&profile)
        profile.paper = top["paper"].flatMap(paper)
        profile.ledger = top["ledger"].flatMap { LedgerReader(top: top, paths: paths).ledger($0) }
        files(&profile, paths)
        control(&profile)
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

    private func instances(_ value: KeyValueTree) -> [TargetProfile.Instance] {
        let keys = ["id", "address", "role"]
        var seen: Set<String> = []
        return (top.sections("instances", value, keys: keys) ?? []).compactMap { section in
            section.refuseKeys(except: keys)
            let id = section.required("id", accepted: "a name")
                .flatMap { section.text("id", $0, accepted: "a name") }
            let address = section["address"].flatMap { SurfaceURL.read("address", $0, in: section) }
            let role = section["role"].map { section.word("role", $0, among: ["primary", "standby"]) ?? "" }
            guard let id else { return nil }
            if !seen.insert(id).inserted {
                section.problems.error(line: section.line, section.path, "names one instance twice")
            }
            return TargetProfile.Instance(id: id, address: address, role: role ?? "primary")
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
        profile.log = top["log"].flatMap { top.text("log", $0, accepted: "the path of the target's log") }
            .map(paths.inRepository)
        if let value = top["storage"] {
            profile.storage =
                (top.names("storage", value, accepted: "paths", where: { !$0.isEmpty && $0.utf8.count <= 1_000 }) ?? [])
                .map(paths.inRepository)
        }
        profile.criteriaFile = top["criteria"].flatMap { path("criteria", $0, in: folder) }
        profile.policyFile = top["policy"].flatMap { path("policy", $0, in: folder) }
        profile.limitsFile = top["limits"].flatMap { path("limits", $0, in: folder) }
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
