package import Readiness

/// The commands with which a person looks at a target of a profile. The profile's own where it gives them; otherwise
/// what follows from its addresses. None holds a secret: where one is needed, the command names where it is to be had.
package enum ProfileRunbook {
    /// Writes the commands.
    package static func commands(for profile: TargetProfile) -> TargetRunbook {
        let own = profile.runbook
        func ask(_ key: String, _ operation: String) -> String { own[key] ?? question(operation, profile) }
        let option = " --target \(ShellWord.quoted(profile.path))"
        let check = "holdpoint target check\(option)"
        let paths = profile.storage.map(ShellWord.quoted).joined(separator: " ")
        return TargetRunbook(
            status: own["status"] ?? check,
            restart: own["restart"] ?? profile.restart.map { $0.map(ShellWord.quoted).joined(separator: " ") }
                ?? absent("control.restart", profile),
            readiness: ask("readiness", "discovery"), limits: ask("limits", "risk.limits"),
            marketData: ask("market_data", "marketdata"), killSwitch: ask("kill_switch", "killswitch"),
            releaseKillSwitch: own["release_kill_switch"] ?? absent("runbook.release_kill_switch", profile),
            dropCopy: ask("drop_copy", "orders.stream"),
            log: own["log"] ?? log(profile) ?? ask("log", "logs"),
            positions: ask("positions", "positions"), components: ask("components", "components"),
            pool: ask("pool", "pool"), stops: ask("stops", "stops"),
            restoreFeed: own["restore_feed"] ?? absent("runbook.restore_feed", profile),
            disk: own["disk"] ?? (paths.isEmpty ? absent("storage", profile) : "df -h -- \(paths)"),
            instances: ask("instances", "discovery"), clock: ask("clock", "discovery"),
            sizing: ask("sizing", "risk.size"), correlation: ask("correlation", "risk.correlation"),
            limitsFile: profile.limitsFile ?? "",
            migrationsFolder: profile.ledger?.migrationsFolder ?? "", targetCheck: check,
            targetOption: option)
    }

    private static func log(_ profile: TargetProfile) -> String? {
        if let words = profile.logCommand {
            let folder = ShellWord.quoted(profile.repository ?? profile.folder)
            return "cd \(folder) && " + words.map(ShellWord.quoted).joined(separator: " ")
        }
        return profile.log.map { "tail -n 50 \(ShellWord.quoted($0))" }
    }

    /// How a person asks what an operation asks.
    private static func question(_ name: String, _ profile: TargetProfile) -> String {
        guard let operation = SurfaceOperation.named(name) else { return absent(name, profile) }
        switch profile.bindings[name]?.source {
        case .command(let words)?:
            let folder = ShellWord.quoted(profile.repository ?? profile.folder)
            return "cd \(folder) && " + words.map(ShellWord.quoted).joined(separator: " ")
        case .file(let path)?: return "cat \(ShellWord.quoted(path))"
        case .http(let method, let target, _)?:
            return curl(target.hasPrefix("/") ? base(profile) + target : target, method, profile)
        case .sql(let statement, _)?:
            return "# in the ledger: \(statement.split(separator: "\n").joined(separator: " "))"
        case nil: return curl(base(profile) + operation.path, operation.method, profile)
        }
    }

    private static func base(_ profile: TargetProfile) -> String {
        if case .address(let address)? = profile.access?.place { return address }
        return ""
    }

    /// A secret is not put into a word of the command, which `ps` would show: the header comes from where the profile
    /// says that it is.
    private static func curl(_ url: String, _ method: String, _ profile: TargetProfile) -> String {
        var words = "curl -sS"
        var before = ""
        if let authority = profile.access?.authority { words += " --cacert \(ShellWord.quoted(authority))" }
        for way in profile.access?.authentication ?? [] {
            switch way {
            case .bearer(let secret):
                before = "{ printf 'Authorization: Bearer '; \(reading(secret)); } | "
                words += " -H @-"
            case .header(let name, let secret):
                before = "{ printf '\(name): '; \(reading(secret)); } | "
                words += " -H @-"
            case .basic(let user, _): words += " -u \(ShellWord.quoted(user))"
            case .certificate(let chain, let key):
                words += " --cert \(ShellWord.quoted(chain)) --key \(ShellWord.quoted(key))"
            }
        }
        if method != "GET" { words += " -X \(method)" }
        return "\(before)\(words) \(ShellWord.quoted(url))"
    }

    private static func reading(_ secret: SecretReference) -> String {
        switch secret {
        case .environment(let name): "printenv \(name)"
        case .file(let path): "head -n 1 \(ShellWord.quoted(path))"
        case .command(let words): words.map(ShellWord.quoted).joined(separator: " ")
        }
    }

    private static func absent(_ key: String, _ profile: TargetProfile) -> String {
        "# \(SafeText.line(profile.path)) gives no \(key)"
    }
}
