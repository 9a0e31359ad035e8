import FoundationEssentials
package import Readiness

/// Finds out whether a target is certainly a practice desk of ours, so that orders may be placed on it.
package protocol Interlock: Sendable {
    /// Looks now. Never from memory: ask again before each round.
    ///
    /// - Returns: how certain it is that no real money can move, and a sentence that says what proves it or what is
    ///   missing. Holds no secret.
    func prove() async -> (PaperProof, String)
}

/// Proves a practice desk: on loopback, in a home that only this user can enter, and answering with the secret of the
/// record in that home.
///
/// The secret itself is not sent. The desk gets a fresh nonce and answers the SHA-256 of token, colon and nonce, which
/// a process that has merely taken over the desk's port cannot.
package struct PracticeInterlock: Interlock {
    private let home: String
    private let exchange: HTTPExchange
    private let digest: @Sendable ([UInt8]) -> String

    /// Aims at the desk of a home.
    ///
    /// - Parameters:
    ///   - home: where its `desk.json` is; read anew at each proof.
    ///   - exchange: asks the surface, by its own limit.
    ///   - digest: SHA-256 as lower-case hex.
    package init(home: String, exchange: HTTPExchange, digest: @escaping @Sendable ([UInt8]) -> String) {
        self.home = home
        self.exchange = exchange
        self.digest = digest
    }

    /// Looks now: at the files first, then at the desk.
    ///
    /// - Returns: `proven` when everything holds; `declared` when the record is in order and the desk does not answer;
    ///   `unknown` when something contradicts.
    package func prove() async -> (PaperProof, String) {
        if let trouble = PrivateFolder.trouble(with: home) { return (.unknown, "The home \(home) \(trouble).") }
        let path = TargetRecord.path(in: home)
        let record: TargetRecord
        do throws(ProbeError) {
            let file = try TargetRecord.file(home: home)
            guard file.isOurs else {
                return (.unknown, "\(path) is not a file of ours alone: this user's, mode 0600, one name.")
            }
            record = try TargetRecord(parsing: file.bytes)
        } catch {
            return (.unknown, "There is no record to go by: \(error.detail).")
        }
        guard record.line.home == home else { return (.unknown, "\(path) names another home.") }
        let address = record.line.address
        guard address.isLoopback else { return (.unknown, "\(address) is not a literal loopback address.") }
        return await ask(address, record)
    }

    private func ask(_ address: SurfaceAddress, _ record: TargetRecord) async -> (PaperProof, String) {
        var random = SystemRandomNumberGenerator()
        let nonce = (0..<32).map { _ in Hex.digits(UInt8.random(in: .min ... .max, using: &random)) }.joined()
        let reply: HTTPExchange.Reply
        do throws(ProbeError) {
            reply = try await exchange.perform(.init("GET", "/readyz/identity/proof?nonce=\(nonce)"), at: address)
        } catch {
            return (.declared, "The desk at \(address) could not be asked for its proof: \(error.detail).")
        }
        struct Proof: Decodable { var proof: String }
        guard reply.status == 200, let said = try? JSONDecoder().decode(Proof.self, from: reply.body) else {
            return (.unknown, "What answers at \(address) gives no proof (status \(reply.status)).")
        }
        guard said.proof == digest(Array("\(record.token.reveal()):\(nonce)".utf8)) else {
            return (.unknown, "What answers at \(address) is not the desk that \(home) names: its proof is wrong.")
        }
        return (
            .proven,
            "A practice desk of ours: \(home) is this user's alone, and \(address) answered a fresh nonce with its token."
        )
    }
}

enum Hex {
    static func digits(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.utf8.count == 1 ? "0" + text : text
    }
}
