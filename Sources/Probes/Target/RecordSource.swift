package import Readiness
import Synchronization

/// The record of a home, read again before each use: a desk rewrites it whenever something in it changes.
///
/// A record that says something new is followed only while nobody else could have written it: the home 0700 and the
/// file 0600, both this user's, the address a literal loopback one and the home the one that it lies in.
package final class RecordSource: Sendable {
    private struct State {
        var record: TargetRecord
        var stamp: PrivateFile.Stamp?
        /// Every token that the home has had while we looked; a desk gets a new one when it starts.
        var tokens: [Secret]
    }

    /// The home whose record it is.
    package let home: String
    private let state: Mutex<State>

    /// Begins with a record that has been read already.
    package init(_ record: TargetRecord) {
        home = record.line.home
        state = Mutex(State(record: record, stamp: nil, tokens: [record.token]))
    }

    /// The record as it is now.
    ///
    /// - Throws: `ProbeError` at `endpoint`: unreachable when the record is gone, nonsense when it is not one or may
    ///   not be trusted.
    package func current(for endpoint: Endpoint) throws(ProbeError) -> TargetRecord {
        let path = TargetRecord.path(in: home)
        let known = state.withLock { $0 }
        if let stamp = known.stamp, stamp == PrivateFile.stamp(of: path) { return known.record }
        do throws(ProbeError) {
            let file = try TargetRecord.file(home: home)
            let record = try TargetRecord(parsing: file.bytes)
            if record != known.record { try check(record, file) }
            state.withLock { state in
                state.record = record
                state.stamp = file.stamp
                if !state.tokens.contains(record.token) { state.tokens.append(record.token) }
            }
            return record
        } catch {
            var error = error
            if error.endpoint != nil { error.endpoint = endpoint }
            throw error
        }
    }

    /// Where the surface is: as the record says now, or as it said last once it is gone. Whether anything still answers
    /// there is for the request to find out.
    package func address() throws(ProbeError) -> SurfaceAddress {
        do throws(ProbeError) {
            return try current(for: .surface).line.address
        } catch {
            guard error.meeting == .unreachable else { throw error }
            return state.withLock { $0.record.line.address }
        }
    }

    /// Where the surface is and what proves that we may ask, out of one record: a token goes to no other address than
    /// the one that stands beside it. Unlike `address`, without a record there is neither: whoever has taken the port
    /// over since is not told the token.
    ///
    /// - Throws: as `current`; also nonsense when the address is not a literal loopback one.
    package func authority() throws(ProbeError) -> (address: SurfaceAddress, token: Secret) {
        let record = try current(for: .surface)
        guard record.line.address.isLoopback else {
            throw ProbeError(.nonsense, at: .surface, "\(record.line.address) is not on loopback; it gets no token")
        }
        return (record.line.address, record.token)
    }

    /// Takes note of the token of the home's standby, so that it shows nowhere either. Reads a small file; without one
    /// there is nothing to note.
    func noteStandby() {
        do throws(ProbeError) {
            let token = try TargetRecord.readStandby(home: home).token
            state.withLock { state in if !state.tokens.contains(token) { state.tokens.append(token) } }
        } catch {
            // A standby that has just gone is the commonest reason. Whoever asks it finds out.
        }
    }

    /// What must show nowhere: the tokens that the home's records have held.
    package var tokens: [Secret] { state.withLock { $0.tokens } }

    private func check(_ record: TargetRecord, _ file: PrivateFile) throws(ProbeError) {
        func refuse(_ complaint: String) -> ProbeError {
            ProbeError(.nonsense, at: .surface, "the desk's record has changed and is not followed: \(complaint)")
        }
        if let trouble = PrivateFolder.trouble(with: home) { throw refuse("\(home) \(trouble)") }
        guard file.isOurs else { throw refuse("\(TargetRecord.path(in: home)) is not ours alone (mode 0600)") }
        guard record.line.home == home else { throw refuse("it names another home") }
        guard record.line.role == "primary" else { throw refuse("it is the record of a \(record.line.role)") }
        guard record.line.address.isLoopback else { throw refuse("\(record.line.address) is not on loopback") }
    }
}
