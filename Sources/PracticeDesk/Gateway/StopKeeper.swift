import FoundationEssentials
import NIOCore
import Synchronization

/// Keeps the active stops in the home, so that a restart finds them: `stops.json`, written all or nothing, off the
/// trading core's path. A home without the file has no stops.
final class StopKeeper: Sendable {
    static let fileName = "stops.json"
    /// Larger than the most stops that there can be.
    private static let sizeBound = 1 << 20

    private struct State {
        var waiting: [Stop]?
        var drainPending = false
    }

    let path: String
    private let thread: BlockingThread
    private let log: DeskLog
    private let state = Mutex(State())

    init(folder: String, thread: BlockingThread, log: DeskLog) {
        path = "\(folder)/\(Self.fileName)"
        self.thread = thread
        self.log = log
    }

    /// Reads what an earlier process left; blocks.
    ///
    /// - Throws: `HomeError.invalidFile` for a file that is not one of stops: a desk that forgot a stop in silence
    ///   would be worse than one that does not start.
    static func read(folder: String) throws(HomeError) -> [Stop] {
        let path = "\(folder)/\(fileName)"
        guard HomeFiles.exists(path) else { return [] }
        let bytes = try HomeFiles.read(path, sizeBound: sizeBound)
        guard let file = try? JSONDecoder().decode(KeptStops.self, from: Data(bytes)) else {
            throw .invalidFile(path: path, line: nil, message: "must be {\"stops\":[…]} as the desk wrote it")
        }
        var stops: [Stop] = []
        for kept in file.stops {
            guard let stop = kept.stop else {
                throw .invalidFile(path: path, line: nil, message: "holds a stop that the desk cannot have written")
            }
            stops.append(stop)
        }
        return stops
    }

    /// Leaves the active stops to be written; only the newest state counts.
    func keep(_ active: [Stop]) {
        let mustStart = state.withLock { state in
            state.waiting = active
            guard !state.drainPending else { return false }
            state.drainPending = true
            return true
        }
        guard mustStart else { return }
        thread.enqueue {
            // Nobody waits for this write, so the log is told.
            do { try self.drain() } catch { self.log.write("stops.not_kept", ["error": .text("\(error)")]) }
        }
    }

    /// Writes what waits, and tells the loop when a restart would find it.
    func flush(on loop: any EventLoop) -> EventLoopFuture<Void> { thread.future(on: loop) { try self.drain() } }

    private func drain() throws(HomeError) {
        let stops = state.withLock { state in
            state.drainPending = false
            defer { state.waiting = nil }
            return state.waiting
        }
        guard let stops else { return }
        do {
            let file: JSONValue = ["stops": .array(stops.map { KeptStop($0).json })]
            try HomeFiles.write(file.encoded() + [UInt8(ascii: "\n")], to: path)
        } catch {
            // Kept for the next try, unless something newer waits by now.
            state.withLock { $0.waiting = $0.waiting ?? stops }
            throw error
        }
    }
}

private struct KeptStops: Decodable {
    var stops: [KeptStop]
}

/// A stop in the file. Its status is not there: whatever is active is armed again by the next process, also when its
/// exit was under way, because the paper venue's book dies with the process.
private struct KeptStop: Decodable {
    var stop_id: String
    var account: String
    var symbol: String
    var exit_side: String
    var stop_price: String

    init(_ stop: Stop) {
        stop_id = stop.id
        account = stop.account.name
        symbol = stop.instrument.symbol
        exit_side = stop.exitSide.rawValue
        stop_price = stop.price.text(stop.instrument)
    }

    var json: JSONValue {
        [
            "stop_id": .text(stop_id), "account": .text(account), "symbol": .text(symbol),
            "exit_side": .text(exit_side), "stop_price": .text(stop_price),
        ]
    }

    /// The stop, with no quantity yet; nil if it cannot be one.
    var stop: Stop? {
        guard let account = Account.named(account), let instrument = Instrument.named(symbol),
            let side = Side(rawValue: exit_side), let price = try? OrderRequest.price(stop_price, instrument),
            (1...64).contains(stop_id.utf8.count)
        else { return nil }
        return Stop(
            id: stop_id, account: account, instrument: instrument, exitSide: side, price: price, quantity: .zero)
    }
}
