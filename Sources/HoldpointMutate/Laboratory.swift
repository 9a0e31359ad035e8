import FaultMatrix
import FoundationEssentials
import Subprocess
import SystemPackage

/// A copy of the sources in which mutants are made, built and tested, so that the checkout is never touched.
///
/// Two packages lie in it. The small one holds only what unit tests of the validators, the judge and the gate need: it is
/// built anew in seconds. The whole one is built only for a mutant that the unit tests let live.
struct Laboratory: Sendable {
    /// The checkout.
    let checkout: String
    /// The copy.
    let folder: String

    /// How a step ended.
    struct Ended: Sendable {
        var succeeded: Bool
        /// The last lines of what it said.
        var words: String
    }

    private var small: String { "\(folder)/small" }
    private var whole: String { "\(folder)/whole" }

    /// Modules of the small package, with what each needs.
    private static let modules = ["Readiness", "Engine", "Validators", "TestSupport"]
    private static let tests = ["ReadinessTests", "EngineTests", "ValidatorsTests"]

    /// Copies the sources. What an earlier round built stays.
    func prepare() throws {
        for module in Self.modules { try copy("Sources/\(module)", into: small) }
        for test in Self.tests { try copy("Tests/\(test)", into: small) }
        try write(Self.manifest, to: "\(small)/Package.swift")
        for part in ["Sources", "Tests", "config", "themes", "Package.swift"] { try copy(part, into: whole) }
    }

    /// Makes a mutant in both packages.
    func make(_ mutant: Mutant) throws {
        for package in [small, whole] {
            let text = try bytes(of: "\(checkout)/\(mutant.file)")
            try Data(mutant.applied(to: text)).write(to: URL(filePath: "\(package)/\(mutant.file)"))
        }
    }

    /// Takes a mutant back.
    func restore(_ mutant: Mutant) throws {
        for package in [small, whole] {
            let text = try bytes(of: "\(checkout)/\(mutant.file)")
            try Data(text).write(to: URL(filePath: "\(package)/\(mutant.file)"))
        }
    }

    /// Builds the small package with its tests.
    func buildSmall() async throws -> Ended {
        try await step(["swift", "build", "--build-tests"], in: small, limit: .seconds(900))
    }

    /// Runs the unit tests. One that never ends is one that noticed.
    func testSmall() async throws -> Ended {
        try await step(["swift", "test", "--skip-build", "--parallel"], in: small, limit: .seconds(120))
    }

    /// Builds the program and the matrix.
    func buildWhole() async throws -> Ended {
        for product in ["holdpoint", "holdpoint-matrix"] {
            let ended = try await step(
                ["swift", "build", "-c", "release", "--product", product], in: whole, limit: .seconds(1800))
            guard ended.succeeded else { return ended }
        }
        return Ended(succeeded: true, words: "")
    }

    /// Runs rows of the fault matrix, the healthy desk first.
    func matrix(_ rows: [String]) async throws -> Ended {
        try await step([".build/release/holdpoint-matrix"] + rows, in: whole, limit: .seconds(900))
    }

    // MARK: - Files

    private func bytes(of path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

    private func write(_ text: String, to path: String) throws {
        // An unchanged manifest keeps its time, so that nothing is built again for it.
        if FileManager.default.contents(atPath: path) == Data(text.utf8) { return }
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    /// Copies a file or a tree, leaving alone what is there already and equal.
    private func copy(_ part: String, into package: String) throws {
        let manager = FileManager.default
        let source = "\(checkout)/\(part)"
        let target = "\(package)/\(part)"
        var isFolder: Bool = false
        guard manager.fileExists(atPath: source, isDirectory: &isFolder) else { return }
        guard isFolder else {
            let folder = String(target[..<(target.lastIndex(of: "/") ?? target.startIndex)])
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let data = try Data(contentsOf: URL(filePath: source))
            if manager.contents(atPath: target) != data { try data.write(to: URL(filePath: target)) }
            return
        }
        try manager.createDirectory(atPath: target, withIntermediateDirectories: true)
        let names = try manager.contentsOfDirectory(atPath: source)
        for name in try manager.contentsOfDirectory(atPath: target) where !names.contains(name) {
            try manager.removeItem(atPath: "\(target)/\(name)")
        }
        for name in names { try copy("\(part)/\(name)", into: package) }
    }

    // MARK: - Processes

    private func step(_ command: [String], in folder: String, limit: Duration) async throws -> Ended {
        // `timeout` ends a mutant that never ends, and everything that it started.
        let arguments = ["--kill-after=5", "\(limit.components.seconds)"] + command
        let ended = try await run(
            .name("timeout"), arguments: Arguments(arguments), workingDirectory: FilePath(folder),
            output: .string(limit: 1 << 24), error: .combinedWithOutput)
        return Ended(
            succeeded: ended.terminationStatus.isSuccess,
            words: ended.standardOutput.split(separator: "\n").suffix(4).joined(separator: "\n"))
    }

    private static let manifest = """
        // swift-tools-version: 6.2
        import PackageDescription
        let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
        let package = Package(
            name: "mutation",
            dependencies: [.package(url: "https://github.com/apple/swift-crypto", from: "4.0.0")],
            targets: [
                .target(name: "Readiness"),
                .target(name: "Engine", dependencies: ["Readiness", crypto]),
                .target(name: "Validators", dependencies: ["Readiness"]),
                .target(name: "TestSupport", dependencies: ["Readiness"], sources: ["Fakes"]),
                .testTarget(name: "ReadinessTests", dependencies: ["Readiness"]),
                .testTarget(name: "EngineTests", dependencies: ["Engine", "Readiness"]),
                .testTarget(name: "ValidatorsTests", dependencies: ["Readiness", "Validators", "TestSupport"]),
            ], swiftLanguageModes: [.v6])
        for target in package.targets {
            target.swiftSettings = [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ]
        }

        """
}
