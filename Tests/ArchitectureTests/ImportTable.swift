/// Who may import whom: the table of docs/architecture.md as data.
///
/// Nothing below knows anything above. A module that is not there yet is not scanned; a folder in Sources that is not
/// in the table fails the test.
struct ImportTable {
    /// What one module may import.
    struct Row: Sendable {
        /// Modules of ours.
        var ours: Set<String>
        /// Everything else, the libraries of the platform included.
        var others: Set<String>
    }

    private static let platform: Set = ["FoundationEssentials", "Glibc", "Synchronization"]
    private static let nio: Set = ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOFoundationCompat"]
    private static let products: Set = [
        "Readiness", "Engine", "Probes", "CertificateProbes", "Validators", "Profile", "Reports", "ConsoleUI",
        "Survey", "Terminal", "PracticeDesk",
    ]
    private static let program = Row(
        ours: products,
        others: platform.union(nio).union([
            "ArgumentParser", "AsyncHTTPClient", "Crypto", "Dispatch", "GRDB", "Subprocess", "SystemPackage", "Yams",
        ]))

    /// By folder under Sources.
    static let rows: [String: Row] = [
        "Readiness": Row(ours: [], others: ["FoundationEssentials", "Synchronization"]),
        "Engine": Row(ours: ["Readiness"], others: platform.union(["Crypto"])),
        "Probes": Row(
            ours: ["Readiness", "CLibpq"],
            others: platform.union(nio).union(["AsyncHTTPClient", "Crypto", "GRDB", "GRDBSQLite", "NIOSSL"])),
        // Apart, because X509 brings all of Foundation with it.
        "CertificateProbes": Row(
            ours: ["Readiness"], others: platform.union(nio).union(["Crypto", "NIOSSL", "SwiftASN1", "X509"])),
        "Validators": Row(ours: ["Readiness"], others: ["FoundationEssentials"]),
        "Profile": Row(ours: ["Readiness"], others: ["FoundationEssentials", "Glibc", "Yams"]),
        "Reports": Row(ours: ["Readiness"], others: ["FoundationEssentials", "Synchronization", "Crypto"]),
        "Survey": Row(ours: ["Readiness"], others: ["Glibc"]),
        "ConsoleUI": Row(ours: ["Readiness"], others: ["FoundationEssentials", "Synchronization"]),
        "Terminal": Row(ours: ["ConsoleUI", "CNcurses"], others: platform),
        "PracticeDesk": Row(ours: ["CLibpq"], others: platform.union(nio).union(["Crypto", "GRDB", "Yams"])),
        "CNcurses": Row(ours: [], others: []),
        "CLibpq": Row(ours: [], others: []),
        "FaultMatrix": Row(ours: [], others: []),
        "TestSupport": Row(ours: ["Readiness", "ConsoleUI"], others: ["FoundationEssentials", "Synchronization"]),
        "holdpoint": program,
        "HoldpointMatrix": Row(ours: ["FaultMatrix"], others: platform.union(["Subprocess", "SystemPackage"])),
        "HoldpointFuzz": Row(
            ours: ["ConsoleUI", "Probes", "Profile", "Readiness", "TestSupport"],
            others: platform.union(["NIOCore", "NIOPosix"])),
        "HoldpointMutate": Row(ours: ["FaultMatrix"], others: platform.union(["Subprocess", "SystemPackage"])),
        "HoldpointReference": Row(
            ours: ["FaultMatrix", "PracticeDesk", "Readiness", "Reports", "Validators"], others: platform),
        "HoldpointBench": program,
    ]
}

extension SwiftSource.Line {
    /// The module that the line imports, or nil.
    ///
    /// `@preconcurrency package import struct Foundation.Data` imports `Foundation`.
    var importedModule: String? {
        let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor"]
        var words = words[...]
        if let first = words.first, modifiers.contains(first) { words = words.dropFirst() }
        guard words.first == "import" else { return nil }
        words = words.dropFirst()
        if let first = words.first, kinds.contains(first), words.count > 1 { words = words.dropFirst() }
        return words.first?.split(separator: ".").first.map { String($0.prefix { $0 != ";" }) }
    }
}
