import ArgumentParser
import Readiness

struct DeskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "desk", abstract: "The practice desk: the embedded trading system that the default run validates.",
        subcommands: [Init.self, Serve.self, FaultCommand.self, Status.self])

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
        @Option(help: "What the market's prices follow from.")
        var seed: UInt64?
        @Flag(help: "End when standard input ends: ties the desk to whoever started it.")
        var untilEof = false
        func invocation() throws -> any Invocation {
            guard (0...65_535).contains(port) else {
                throw CommandFailure(.usage, "--port \(port): accepted are 0 to 65535")
            }
            return DeskServe(home: home.home, port: port, faults: faults, seed: seed, endsWithInput: untilEof)
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
            abstract: "Show pid, address, faults and uptime of a home's desk.")
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
