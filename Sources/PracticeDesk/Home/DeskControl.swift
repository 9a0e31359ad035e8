import FoundationEssentials

/// Restarts a running desk from outside: the command behind the capability `control`.
package struct DeskControl: Sendable {
    /// A process that has begun anew and is ready.
    package struct Restarted: Codable, Hashable, Sendable {
        /// The process id, the same as before.
        package var pid: Int32
        /// Names the new life of the process; another one than before.
        package var bootID: String

        enum CodingKeys: String, CodingKey {
            case pid
            case bootID = "boot_id"
        }
    }

    private let home: DeskHome

    /// Control of whatever primary serves that home when it is used.
    package init(home: DeskHome) { self.home = home }

    /// Asks for a restart, and waits until another life of the process says that it is ready.
    ///
    /// - Parameter limit: how long to wait for that, from the moment of asking.
    /// - Throws: `HomeError` when no desk serves the home, `DeskControlError` when it says no or does not come back.
    package func restart(within limit: Duration) async throws -> Restarted {
        let home = home
        // A thread of its own: it may block for as long as the limit.
        let thread = BlockingThread()
        let result: Result<Restarted, any Error>
        do { result = .success(try await thread.run { try Self.restart(home, within: limit) }) } catch {
            result = .failure(error)
        }
        try await thread.finish()
        return try result.get()
    }

    private static func restart(_ home: DeskHome, within limit: Duration) throws -> Restarted {
        let deadline = ContinuousClock.now + limit
        let record = try DeskRecord.read(home: home)
        let before = try ask("POST", "/readyz/control/restart", of: record, body: "{}")
        guard before.status == 202, let old = decoded(Life.self, before.body) else {
            let complaint = decoded(Complaint.self, before.body)?.error.message
            throw DeskControlError.refused(
                status: before.status, message: complaint ?? "the answer of \(record.address) is not a desk's")
        }
        var last = "it never answered"
        while ContinuousClock.now < deadline {
            do throws(FaultSwitchError) {
                let process = try ask("GET", "/readyz/process", of: record)
                guard let life = decoded(Process.self, process.body), life.boot_id != old.boot_id else {
                    throw .unreachable(address: record.address, message: "the old process still answers")
                }
                let ready = try ask("GET", "/readyz", of: record)
                if ready.status == 200 { return Restarted(pid: life.pid, bootID: life.boot_id) }
                last = decoded(ReadinessWire.self, ready.body)?.reason ?? "it is not ready"
            } catch { last = "\(error)" }
            BlockingThread.pause(milliseconds: 20)
        }
        throw DeskControlError.notBack(after: limit, last: last)
    }

    private static func ask(
        _ method: String, _ target: String, of record: DeskRecord, body: String = ""
    ) throws(FaultSwitchError) -> (status: Int, body: [UInt8]) {
        try PlainExchange.perform(method, target, address: record.address, token: record.token ?? "", body: body)
    }

    private static func decoded<Value: Decodable>(_ type: Value.Type, _ body: [UInt8]) -> Value? {
        try? JSONDecoder().decode(type, from: Data(body))
    }

    private struct Life: Decodable { var boot_id: String }

    private struct Process: Decodable {
        var pid: Int32
        var boot_id: String
    }

    private struct ReadinessWire: Decodable { var reason: String? }

    private struct Complaint: Decodable {
        struct Content: Decodable { var message: String }
        var error: Content
    }
}

/// Why a desk was not restarted.
package enum DeskControlError: Error, Equatable, CustomStringConvertible {
    /// The desk's answer was no: its status and words.
    case refused(status: Int, message: String)
    /// No new life of the process was ready in time, and what was seen of it last.
    case notBack(after: Duration, last: String)

    /// One line for a person.
    package var description: String {
        switch self {
        case .refused(_, let message): message
        case .notBack(let limit, let last): "the desk was not ready again after \(limit): \(last)"
        }
    }
}
