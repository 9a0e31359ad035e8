import FoundationEssentials
import Glibc
import PracticeDesk
import Readiness

/// `desk init`: makes a home.
struct DeskInit: Invocation {
    let home: String

    func perform() throws -> ExitCode {
        let home = home
        return try DeskCall.run {
            let made = try await DeskHome.make(at: home) { fraction, text in
                StandardError.write("\(text): \(Int(fraction * 100)) %")
            }
            OutputStream().write(line: made.path)
            return .success
        }
    }
}

/// `desk serve`: serves a home until a signal comes or, where that is asked for, standard input ends.
struct DeskServe: Invocation {
    let home: String
    let port: Int
    let role: DeskRole
    let faults: [String]
    let seed: UInt64?
    let ledger: LedgerEngine
    let endsWithInput: Bool
    /// This process served the home a moment ago and has replaced itself.
    let isRestarted: Bool
    /// What that life said of the ledger's server; nil for none.
    let ledgerServer: String?

    func perform() throws -> ExitCode {
        let settings = try faults.map { text throws(CommandFailure) in
            do throws(FaultError) { return try Fault.parse(text) } catch { throw CommandFailure(.usage, "\(error)") }
        }
        var options = DeskOptions(
            port: port, role: role, faults: settings, seed: seed, canRestart: true, endsWithInput: endsWithInput,
            isRestarted: isRestarted)
        options.ledger = ledger
        options.ledgerServer = ledgerServer
        let served = options
        let stop = StopRequest()
        let signals = StopSignals { stop.request() }
        if endsWithInput {
            DetachedThread.start {
                InputEnd.wait()
                stop.request()
            }
        }
        let home = DeskHome(path: home)
        return try DeskCall.run {
            let end: Desk.End
            do {
                end = try await Desk.serve(home: home, options: served) { server in
                    // Whoever reads it has it already, and need not read on.
                    if !served.isRestarted { OutputStream().write(line: server.record.startLine) }
                    stop.attach(server)
                }
            } catch let error as HomeError {
                // Where the start line would stand, for programs; the same for people on standard error.
                OutputStream().write(line: error.failureLine)
                throw CommandFailure(.unavailable, error.report)
            }
            if case .restarting(let restart) = end { try restart.replaceProcess(signals) }
            return .success
        }
    }
}

/// `desk fault`: lists, sets and clears.
struct DeskFault: Invocation {
    enum Action: Sendable, Equatable {
        case list
        case set(String)
        case clear(String)
    }

    let home: String
    let action: Action

    func perform() throws -> ExitCode {
        let home = home
        let action = action
        return try DeskCall.run {
            let faults = FaultSwitch(home: DeskHome(path: home))
            let now: [FaultStatus]
            switch action {
            case .list: now = try await faults.list()
            case .set(let text):
                let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
                now = try await faults.set(parts[0], magnitude: parts.count > 1 ? parts[1] : nil)
            case .clear(let name): now = try await faults.clear(name)
            }
            let output = OutputStream()
            for line in Table(now.map(FaultRow.cells)).lines { output.write(line: line) }
            return .success
        }
    }
}

/// A fault in a list.
enum FaultRow {
    static func cells(_ fault: FaultStatus) -> [String] {
        [fault.active ? "SET" : "-", setting(fault), fault.sentence]
    }

    static func setting(_ fault: FaultStatus) -> String {
        fault.name + (fault.active ? fault.magnitude.map { "=\($0)" } ?? "" : "")
    }
}

/// Runs something of the desk's and puts its errors into words.
enum DeskCall {
    static func run(_ body: @escaping @Sendable () async throws -> ExitCode) throws -> ExitCode {
        let result = RootTask.run { () -> Result<ExitCode, any Error> in
            do { return .success(try await body()) } catch { return .failure(error) }
        }
        do { return try result.get() } catch let failure as CommandFailure { throw failure } catch let error
            as HomeError
        {
            throw CommandFailure(.unavailable, "\(error)")
        } catch let error as FaultSwitchError { throw CommandFailure(.unavailable, "\(error)") } catch let error
            as DeskControlError
        {
            throw CommandFailure(.unavailable, "\(error)")
        }
    }
}
