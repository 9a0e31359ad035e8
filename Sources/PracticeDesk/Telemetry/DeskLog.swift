/// The desk's log `desk.log`: one JSON object a line, with the time, the event and, for an order, its correlation id.
final class DeskLog: Sendable {
    static let fileName = "desk.log"
    static let format = "json-lines"

    /// Names this start of the process in every line.
    let bootID = Hex.random(bytes: 8)
    private let file: LineFile
    private let faults: FaultBoard

    init(path: String, faults: FaultBoard, thread: BlockingThread) throws(HomeError) {
        self.faults = faults
        file = try LineFile(path: path, sizeBound: 16 << 20, thread: thread) { [bootID] lost in
            [
                "ts": .text(DeskClock.wallText()), "event": "lines.lost", "boot_id": .text(bootID),
                "lines_lost": .integer(lost),
            ]
        }
    }

    /// Lines of this start of the process that never reached the file: on a full disk, mostly.
    var linesLost: Int64 { file.linesLost }

    /// The file, as it was opened.
    var path: String { file.path }

    func write(_ event: String, _ fields: KeyValuePairs<String, JSONValue> = [:]) {
        // Fault `log-silent`: the writer takes the line and drops it.
        if faults.isSet(.logSilent) { return }
        let head: [(String, JSONValue)] = [
            ("ts", .text(DeskClock.wallText())), ("event", .text(event)), ("boot_id", .text(bootID)),
        ]
        file.write(.object(head + fields.map { ($0.key, $0.value) }))
    }

    /// Something that happened to an order; its id is the correlation id that ties the lines of one order together.
    func write(_ event: String, _ order: Order, reason: String? = nil) {
        write(
            event,
            [
                "correlation_id": .text(order.id), "client_order_id": .text(order.clientOrderID),
                "account": .text(order.terms.account.name), "symbol": .text(order.terms.instrument.symbol),
                "side": .text(order.terms.side.rawValue), "quantity": .text(order.terms.quantity.text),
                "price": .text(order.terms.price.text(order.terms.instrument)),
                "filled_quantity": .text(order.filled.text), "reason": .optional(reason),
            ])
    }

    /// Writes what waits and closes; on the files' thread.
    func close() { file.close() }
}
