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
    let faults: [String]
    let seed: UInt64?
    let endsWithInput: Bool

    func perform() throws -> ExitCode {
        let settings = try faults.map { text throws(CommandFailure) in
            do throws(FaultError) { return try Fault.parse(text) } catch { throw CommandFailure(.usage, "\(error)") }
        }
        let options = DeskOptions(port: port, faults: settings, seed: seed)
        let stop = StopRequest()
        SignalListener.listen(to: [SIGINT, SIGTERM, SIGHUP]) { _ in stop.request() }
        if endsWithInput {
            DetachedThread.start {
                InputEnd.wait()
                stop.request()
            }
        }
        let home = DeskHome(path: home)
        return try DeskCall.run {
            try await Desk.serve(home: home, options: options) { server in
                OutputStream().write(line: server.record.startLine)
                stop.attach(server)
            }
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

/// `desk status`: whether a desk lives, and how.
struct DeskStatusReport: Invocation {
    let home: String
    let asJSON: Bool

    func perform() throws -> ExitCode {
        let home = DeskHome(path: home)
        let asJSON = asJSON
        return try DeskCall.run {
            let status = try await DeskStatus.read(home: home)
            let output = OutputStream()
            if asJSON {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                output.write([UInt8](try encoder.encode(EncodedStatus(status))) + [UInt8(ascii: "\n")])
            } else {
                for line in Self.lines(status) { output.write(line: line) }
            }
            if case .serving = status { return .success }
            return .found
        }
    }

    private static func lines(_ status: DeskStatus) -> [String] {
        switch status {
        case .stopped: return ["no desk serves this home"]
        case .dead(let record):
            return ["pid \(record.pid) is gone without having stopped in order; its address was \(record.address)"]
        case .silent(let record, let reason):
            return ["pid \(record.pid) lives and does not answer at \(record.address): \(SafeText.line(reason))"]
        case .serving(let record, let faults, let uptime):
            let active = faults.filter(\.active)
            return [
                "pid      \(record.pid)", "address  \(record.address)", "home     \(SafeText.line(record.home))",
                "uptime   \(DurationText.short(.seconds(uptime)))",
                "faults   \(active.isEmpty ? "none" : active.map { FaultRow.setting($0) }.joined(separator: ", "))",
            ]
        }
    }

    private struct EncodedStatus: Encodable {
        var state: String
        var pid: Int32?
        var address: String?
        var uptime_s: Int64?
        var faults: [String]?

        init(_ status: DeskStatus) {
            switch status {
            case .stopped: state = "stopped"
            case .dead(let record):
                state = "dead"
                pid = record.pid
                address = record.address
            case .silent(let record, _):
                state = "silent"
                pid = record.pid
                address = record.address
            case .serving(let record, let all, let uptime):
                state = "serving"
                pid = record.pid
                address = record.address
                uptime_s = uptime
                faults = all.filter(\.active).map(FaultRow.setting)
            }
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
private enum DeskCall {
    static func run(_ body: @escaping @Sendable () async throws -> ExitCode) throws -> ExitCode {
        let result = RootTask.run { () -> Result<ExitCode, any Error> in
            do { return .success(try await body()) } catch { return .failure(error) }
        }
        do { return try result.get() } catch let failure as CommandFailure { throw failure } catch let error
            as HomeError
        {
            throw CommandFailure(.unavailable, "\(error)")
        } catch let error as FaultSwitchError { throw CommandFailure(.unavailable, "\(error)") }
    }
}
