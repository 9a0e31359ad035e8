import FoundationEssentials

/// Switches the faults of a running desk from outside, over its own address: for the command line and the fault panel.
///
/// A fault is set on every living instance of the home: it bites in those that it concerns and is harmless in the
/// others. Each call reads the records again, uses one connection an instance on a thread for blocking work, and gives
/// up on each after ten seconds. No check may use it.
package struct FaultSwitch: Sendable {
    private let home: DeskHome

    /// The switch of whatever desk serves that home when it is used.
    package init(home: DeskHome) { self.home = home }

    /// All faults, set or not; one that is set at any instance is set.
    ///
    /// - Throws: `HomeError` when no desk serves the home, `FaultSwitchError` when one of its instances does not
    /// answer.
    package func list() async throws -> [FaultStatus] {
        try await perform { try Self.exchange("GET", "/desk/faults", body: "", with: $0) }
    }

    /// Sets a fault, with its default magnitude when none is given, and answers with all faults as they are then.
    ///
    /// - Throws: `FaultSwitchError.refused` with the desk's words for an unknown name or magnitude, and for a fault of
    ///   the standby's where no standby lives: it would be set and break nothing.
    package func set(_ name: String, magnitude: String? = nil) async throws -> [FaultStatus] {
        let body: JSONValue = magnitude.map { ["magnitude": .text($0)] } ?? .object([])
        let text = String(decoding: body.encoded(), as: UTF8.self)
        let home = home
        return try await perform(refusing: { records throws(FaultSwitchError) in
            guard name == Fault.staleInstance.rawValue, !records.contains(where: { $0.role == .standby }) else {
                return
            }
            throw .refused(
                status: 409, code: "no_standby",
                message:
                    "\(name) breaks a standby, and none serves \(home.path); `desk serve --role standby` starts one")
        }) { try Self.exchange("PUT", "/desk/faults/\(Self.encoded(name))", body: text, with: $0) }
    }

    /// Clears a fault, and answers with all faults as they are then.
    package func clear(_ name: String) async throws -> [FaultStatus] {
        try await perform { try Self.exchange("DELETE", "/desk/faults/\(Self.encoded(name))", body: "", with: $0) }
    }

    /// Asks every instance, the primary first, and puts together what they say.
    private func perform(
        refusing refuse: @escaping @Sendable ([DeskRecord]) throws(FaultSwitchError) -> Void = { _ in },
        _ ask: @escaping @Sendable (DeskRecord) throws -> [FaultStatus]
    ) async throws -> [FaultStatus] {
        let home = home
        return try await BlockingThread.once {
            let records = try DeskRecord.ofInstances(home: home)
            try refuse(records)
            let answers = try records.map(ask)
            return answers.dropFirst().reduce(answers[0]) { sum, next in
                sum.map { fault in
                    fault.active ? fault : next.first { $0.name == fault.name && $0.active } ?? fault
                }
            }
        }
    }

    /// The faults of one instance.
    static func list(of record: DeskRecord) async throws -> [FaultStatus] {
        try await BlockingThread.once { try exchange("GET", "/desk/faults", body: "", with: record) }
    }

    private struct Listing: Decodable {
        var faults: [FaultStatus]
    }

    private struct Refusal: Decodable {
        struct Content: Decodable {
            var code: String
            var message: String
        }
        var error: Content
    }

    /// Blocks.
    private static func exchange(
        _ method: String, _ target: String, body: String, with record: DeskRecord
    ) throws(FaultSwitchError) -> [FaultStatus] {
        let answer = try PlainExchange.perform(
            method, target, address: record.address, token: record.token ?? "", body: body)
        let decoder = JSONDecoder()
        if answer.status == 200, let listing = try? decoder.decode(Listing.self, from: Data(answer.body)) {
            return listing.faults
        }
        let refusal = try? decoder.decode(Refusal.self, from: Data(answer.body)).error
        throw .refused(
            status: answer.status, code: refusal?.code ?? "unreadable",
            message: refusal?.message ?? "the answer of \(record.address) is not a desk's")
    }

    /// A name as one part of a path, whatever somebody typed.
    private static func encoded(_ name: String) -> String {
        name.utf8.map { byte in
            let isPlain = byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.text([byte])
        }.joined()
    }
}

/// Why the fault switch of a desk could not be used.
package enum FaultSwitchError: Error, Equatable, CustomStringConvertible {
    /// The desk's answer was no: its status, code and words.
    case refused(status: Int, code: String, message: String)
    /// No answer came from that address.
    case unreachable(address: String, message: String)

    /// One line for a person.
    package var description: String {
        switch self {
        case .refused(_, _, let message): message
        case .unreachable(let address, let message): "\(address): \(message)"
        }
    }
}
