// swift-tools-version: 6.2
import Foundation
import PackageDescription

// One module per import boundary; `Tests/ArchitectureTests` holds the same table and fails on any other arrow.

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "holdpoint",
    products: [
        .executable(name: "holdpoint", targets: ["holdpoint"]),
        .executable(name: "holdpoint-matrix", targets: ["HoldpointMatrix"]),
        .executable(name: "holdpoint-bench", targets: ["HoldpointBench"]),
        .executable(name: "holdpoint-fuzz", targets: ["HoldpointFuzz"]),
        .executable(name: "holdpoint-mutate", targets: ["HoldpointMutate"]),
        .executable(name: "holdpoint-reference", targets: ["HoldpointReference"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // What is known, as values.
        .target(name: "Readiness"),
        .target(name: "Engine", dependencies: ["Readiness", crypto]),
        .target(name: "Validators", dependencies: ["Readiness"]),
        .target(
            name: "Probes",
            dependencies: [
                "Readiness", "CLibpq", asyncHTTPClient, crypto, grdb, grdbSQLite, nioCore, nioHTTP1, nioPosix, nioSSL,
            ]),
        // Debian keeps its header in a folder of its own, which pkg-config knows.
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        // Apart, because X509 brings all of Foundation with it.
        .target(
            name: "CertificateProbes", dependencies: ["Readiness", asn1, crypto, nioCore, nioPosix, nioSSL, x509]),
        .target(name: "Profile", dependencies: ["Readiness", yams]),
        .target(name: "Reports", dependencies: ["Readiness"]),
        .target(name: "Survey", dependencies: ["Readiness"]),

        // What is shown.
        .target(name: "ConsoleUI", dependencies: ["Readiness"]),
        .target(name: "Terminal", dependencies: ["ConsoleUI", "CNcurses"]),
        .systemLibrary(
            name: "CNcurses", providers: [.apt(["libncursesw5-dev"])]),

        // What is looked at: a target, seen only from outside.
        .target(name: "PracticeDesk", dependencies: ["CLibpq", crypto, grdb, nioCore, nioHTTP1, nioPosix, yams]),

        // The program.
        .executableTarget(
            name: "holdpoint",
            dependencies: [
                "Readiness", "Engine", "Validators", "Probes", "CertificateProbes", "Profile", "Reports", "Survey",
                "ConsoleUI",
                "Terminal", "PracticeDesk", argumentParser, subprocess,
            ],
            resources: [
                .embedInCode("../../config/validation_criteria.yaml"),
                .embedInCode("../../config/limits/genesis-tiers.yaml"),
                .embedInCode("../../config/policies/default.yaml"),
                .embedInCode("../../config/targets/practice.yaml"),
                .embedInCode("../../themes/harbor-dark.yaml"),
                .embedInCode("../../themes/harbor-light.yaml"),
                .embedInCode("../../themes/mono.yaml"),
            ]),

        // Its proofs.
        .target(name: "FaultMatrix"),
        .executableTarget(name: "HoldpointMatrix", dependencies: ["FaultMatrix", subprocess]),
        .executableTarget(
            name: "HoldpointFuzz",
            dependencies: ["ConsoleUI", "Probes", "Profile", "Readiness", "TestSupport", nioCore, nioPosix]),
        .executableTarget(name: "HoldpointMutate", dependencies: ["FaultMatrix", subprocess]),
        .executableTarget(
            name: "HoldpointReference",
            dependencies: ["FaultMatrix", "PracticeDesk", "Readiness", "Reports", "Validators"]),
        .executableTarget(
            name: "HoldpointBench",
            dependencies: ["Readiness", "Engine", "ConsoleUI", "Probes", "Terminal", "Validators"]),
        .target(name: "TestSupport", dependencies: ["Readiness", "ConsoleUI"]),
        .testTarget(name: "ReadinessTests", dependencies: ["Readiness"]),
        .testTarget(name: "EngineTests", dependencies: ["Engine", "Readiness"]),
        .testTarget(name: "ValidatorsTests", dependencies: ["Validators", "Readiness", "TestSupport"]),
        .testTarget(
            name: "ProbesTests",
            dependencies: [
                "Probes", "CLibpq", "Readiness", "TestSupport", "Validators", grdb, nioCore, nioHTTP1, nioPosix,
            ]),
        .testTarget(
            name: "CertificateProbesTests", dependencies: ["CertificateProbes", "Readiness", nioCore, nioPosix, nioSSL]),
        .testTarget(name: "ExternalTests", dependencies: ["Probes", "Readiness", "TestSupport", "Validators"]),
        .testTarget(name: "ProfileTests", dependencies: ["Profile", "Readiness"]),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "Readiness"]),
        .testTarget(name: "SurveyTests", dependencies: ["Survey", "Profile", "Readiness", "Validators"]),
        .testTarget(
            name: "ConsoleUITests", dependencies: ["ConsoleUI", "Readiness", "TestSupport"], exclude: ["Snapshots"]),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal", "CNcurses", "ConsoleUI", "Readiness"]),
        .testTarget(name: "PracticeDeskTests", dependencies: ["PracticeDesk", grdb]),
        .testTarget(name: "ArchitectureTests"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "holdpoint", "HoldpointReference", "Engine", "Probes", "Readiness", subprocess,
            ]),
    ],
    swiftLanguageModes: [.v6])

// Warnings are errors where it is asked for (CI), so that a newer compiler's new warning does not break a user's build.
let warningsAreErrors = ProcessInfo.processInfo.environment["HOLDPOINT_WERROR"] == "1"

for target in package.targets where target.type != .system {
    target.swiftSettings =
        [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])
    // Tests are compiled once and run once: optimising them takes longer than it saves. What they test is optimised.
    if target.type == .test { target.swiftSettings?.append(.unsafeFlags(["-Onone"])) }
}
