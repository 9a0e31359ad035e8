import FoundationEssentials

/// Switches the faults of a running desk from outside, over its own address: for the command line and the fault panel.
///
/// Each call reads `desk.json` again, uses one connection of its own on a thread for blocking work, and gives up after
/// ten seconds. No check may use it.
package struct FaultSwitch: Sendable {
    private let home: DeskHome

    /// The switch of whatever desk serves that home when it is used.
    package init(home: DeskHome) { self.home = home }

    /// All faults, set or not.
    ///
    /// - Throws: `HomeError` when no desk serves the home, `FaultSwitchError` when it does not answer.
    package func list() async throws -> [FaultStatus] { try await exchange("GET", "/desk/faults", body: "") }

    /// Sets a fault, with its default magnitude when none is given, and answers with all faults as they are then.
    ///
    /// - Throws: `FaultSwitchError.refused` with the desk's words for an unknown name or magnitude.
    package func set(_ name: String, magnitude: String? = nil) async throws -> [FaultStatus] {
        let body: JSONValue = magnitude.map { ["magnitude": .text($0)] } ?? .object([])
        return try await exchange(
            "PUT", "/desk/faults/\(Self.encoded(name))", body: String(decoding: body.encoded(), as: UTF8.self))
    }

    /// Clears a fault, and answers with all faults as they are then.
    package func clear(_ name: String) async throws -> [FaultStatus] {
        try await exchange("DELETE", "/desk/faults/\(Self.encoded(name))", body: "")
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

    private func exchange(_ method: String, _ target: String, body: String) async throws -> [FaultStatus] {
        let home = home
        return try await BlockingThread.once {
            let record = try DeskRecord.read(home: home)
            let answer = try PlainExchange.perform(
                method, target, address: record.address, token: record.token ?? "", body: body)
            let decoder = JSONDecoder()
            if answer.status == 200, let listing = try? decoder.decode(Listing.self, from: Data(answer.body)) {
                return listing.faults
            }
            let refusal = try? decoder.decode(Refusal.self, from: Data(answer.body)).error
            throw FaultSwitchError.refused(
                status: answer.status, code: refusal?.code ?? "unreadable",
                message: refusal?.message ?? "the answer of \(record.address) is not a desk's")
        }
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
