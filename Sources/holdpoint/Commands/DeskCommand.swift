import ArgumentParser
import PracticeDesk
import Readiness

struct DeskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "desk", abstract: "The practice desk: the embedded trading system that the default run validates.",
        subcommands: [Init.self, Serve.self, Restart.self, FaultCommand.self, Status.self])

    struct Home: ParsableArguments {
        @Option(help: "The desk's home.")
        var home: String
    }

    struct Init: InvocationCommand {
        static let configuration = CommandConfiguration(abstract: "Make a home: ledger, tier file, migrations.")
        @OptionGroup var home: Home
        func invocation() throws -> any Invocation { DeskInit(home: home.home) }
    }

    struct Serve: InvocationCommand {
        static let configuration = CommandConfiguration(abstract: "Serve a home until a signal comes.")
        @OptionGroup var home: Home
        @Option(help: "The port on 127.0.0.1; 0 for any that is free.")
        var port = 0
        @Option(
            name: .customLong("fault"), help: "Set a fault from the start: NAME or NAME=MAGNITUDE. May be repeated.")
        var faults: [String] = []
        @Option(help: "primary, or standby: a second process of a home, which answers who it is and trades nothing.")
        var role = "primary"
        @Option(help: "What the market's prices follow from.")
        var seed: UInt64?
        @Flag(help: "End when standard input ends: ties the desk to whoever started it.")
        var untilEof = false
        @Option(
            help:
                "sqlite, or postgresql: a server of the desk's own on loopback, filled from the home's file, that ends with it."
        )
        var ledger = LedgerEngine.sqlite.rawValue
        // What a desk that restarts itself says to its next life; nobody else has a use for it.
        @Flag(help: .hidden)
        var restarted = false
        @Option(help: .hidden)
        var ledgerServer: String?
        func invocation() throws -> any Invocation {
            guard (0...65_535).contains(port) else {
                throw CommandFailure(.usage, "--port \(port): accepted are 0 to 65535")
            }
            guard let role = DeskRole(rawValue: role) else {
                throw CommandFailure.unknown("role", role, among: DeskRole.allCases.map(\.rawValue))
            }
            guard let ledger = LedgerEngine(rawValue: ledger) else {
                throw CommandFailure.unknown("ledger", ledger, among: LedgerEngine.allCases.map(\.rawValue))
            }
            return DeskServe(
                home: home.home, port: port, role: role, faults: faults, seed: seed, ledger: ledger,
                endsWithInput: untilEof, isRestarted: restarted, ledgerServer: ledgerServer)
        }
    }

    struct Restart: InvocationCommand {
        static let configuration = CommandConfiguration(
            abstract: "Restart a home's desk in place, and wait until it is ready again.",
            discussion:
                "Prints one JSON line with pid and boot_id. Process id, port, token and faults stay as they are.")
        @OptionGroup var home: Home
        @Option(help: "How long to wait for it: 10s, 1500ms.")
        var timeout = "10s"
        func invocation() throws -> any Invocation {
            guard let limit = DeskRestartCall.limit(timeout) else {
                throw CommandFailure(.usage, "--timeout \(timeout): accepted are 1ms to 600s, such as 10s or 1500ms")
            }
            return DeskRestartCall(home: home.home, limit: limit)
        }
    }

    struct FaultCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fault", abstract: "Break a running desk on purpose, and mend it.",
            subcommands: [List.self, Set.self, Clear.self])

        struct List: InvocationCommand {
            static let configuration = CommandConfiguration(abstract: "List every fault and whether it is set.")
            @OptionGroup var home: Home
            func invocation() throws -> any Invocation { DeskFault(home: home.home, action: .list) }
        }

        struct Set: InvocationCommand {
            static let configuration = CommandConfiguration(abstract: "Set a fault: NAME or NAME=MAGNITUDE.")
            @Argument(help: "The fault, with a magnitude where it takes one: slow-risk=40ms.")
            var fault: String
            @OptionGroup var home: Home
            func invocation() throws -> any Invocation {
                try FaultNames.check([fault])
                return DeskFault(home: home.home, action: .set(fault))
            }
        }

        struct Clear: InvocationCommand {
            static let configuration = CommandConfiguration(abstract: "Clear a fault.")
            @Argument(help: "The fault.")
            var fault: String
            @OptionGroup var home: Home
            func invocation() throws -> any Invocation {
                try FaultNames.check([fault])
                return DeskFault(home: home.home, action: .clear(fault))
            }
        }
    }

    struct Status: InvocationCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show pid, address, faults and uptime of a home's desk, and its standby.")
        @OptionGroup var home: Home
        @Option(help: "console or json.")
        var format = "console"
        func invocation() throws -> any Invocation {
            guard ["console", "json"].contains(format) else {
                throw CommandFailure.unknown("format", format, among: ["console", "json"])
            }
            return DeskStatusReport(home: home.home, asJSON: format == "json")
        }
    }
}
