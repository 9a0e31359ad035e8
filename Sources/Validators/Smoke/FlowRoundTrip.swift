package import Readiness

/// `smoke.flow.round-trip`: a paper order far from the market is accepted by the venue and cancelled, in time, and the
/// drop copy shows both.
///
/// One smallest order of the cheapest symbol on the sniper's readiness account. It proves that the path to the venue
/// and back works, not that it is quick: its limit is for a loaded host, and `performance.order.latency` is about
/// speed.
package struct FlowRoundTrip: Check {
    /// What became of the order.
    package struct Observation: Codable, Sendable {
        /// The order.
        package var order: OrderRequest
        /// The answer to the submit.
        package var submitted: OrderState
        /// From submit to answer.
        package var submitTime: Duration
        /// Whether it was among the working orders; nil when it was not accepted.
        package var wasWorking: Bool?
        /// The answer to the cancel; nil when there was nothing to cancel.
        package var cancelled: OrderState?
        /// From cancel to answer.
        package var cancelTime: Duration?
        /// Whether it was still among the working orders afterwards.
        package var stillWorking: Bool?
        /// What the drop copy shows under the order's client id.
        package var dropCopy: [DropCopy.Event.Kind]
        /// The whole conversation.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "smoke.flow.round-trip", title: "A paper order is accepted by the venue and cancelled, in time",
        question: "Does an order reach the venue and come back?", severity: .high, grade: .exercised, fromMode: .quick,
        effects: .writePaper, requires: ["smoke.data.ticking", "smoke.killswitch.released"], locks: [.paperAccount],
        hooks: [.marketData, .orderSubmit, .orderCancel, .orderList, .dropCopy], criteria: [limitKey],
        controls: ["A10.2", "A10.3"], faults: ["venue-rejects"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Places one order, looks at it, cancels it, and reads what left for the venue.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let market = try await probes.market.snapshot()
        let symbol = try market.value.cheapest()
        guard let price = symbol.restingPrice(percentBelow: RestingDistance.percent) else {
            throw ProbeError(.nonsense, at: .surface, "\(symbol.symbol) leaves no price below the market")
        }
        var dropCopy = try await DropCopyReader(beginningNow: probes.orders)
        let name = probes.accounts.account(of: SmokeTier.name)
        var account = try await PaperAccount(opening: name, orders: probes.orders, in: context)
        let placed = try await account.buy(symbol.symbol, quantity: symbol.lot.decimal, price: price)
        var text = EvidenceText(placed.answer.transcript)
        let id = placed.request.clientOrderID
        var (working, cancel, after): (Answer<[WorkingOrder]>?, Answer<OrderState>?, Answer<[WorkingOrder]>?)
        var expected = DropCopy.Event.Kind.rejected
        if placed.answer.value.status == .accepted {
            working = try await probes.orders.working(account: name)
            cancel = try await probes.orders.cancel(orderID: placed.answer.value.orderID)
            after = try await probes.orders.working(account: name)
            expected = .cancelled
        }
        for transcript in [working?.transcript, cancel?.transcript, after?.transcript] {
            if let transcript { text.add(transcript) }
        }
        let patience = context.criteria[Self.limitKey].map { Duration(milliseconds: $0.value) } ?? .zero
        let wait = placed.answer.value.status == .denied ? .zero : patience
        _ = try await dropCopy.read(until: expected, of: id, within: wait, by: context.clock)
        let kinds = dropCopy.kinds(of: id)
        text.add(dropCopy.transcript)
        text.add("drop copy of \(id): \(kinds.map(\.rawValue).joined(separator: ", "))")
        let evidence = try await context.evidence.record(text.text, as: .orderTrace, grade: .exercised)
        return Observation(
            order: placed.request, submitted: placed.answer.value, submitTime: placed.answer.elapsed,
            wasWorking: working?.value.contains { $0.clientOrderID == id }, cancelled: cancel?.value,
            cancelTime: cancel?.elapsed, stillWorking: after?.value.contains { $0.clientOrderID == id },
            dropCopy: kinds, evidence: evidence)
    }

    /// Accepted, working, cancelled, gone; both answers in time; four messages in the drop copy.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let limit = criteria[Self.limitKey] else { return .missing(Self.limitKey) }
        let evidence = observation.evidence
        let order = observation.order
        var judgement = Judgement(measurements: [
            Measurement(
                "submit_time", unit: "ms", DecimalValue(milliseconds: observation.submitTime),
                Criterion(.lessOrEqual, limit), from: evidence)
        ])
        if let time = observation.cancelTime {
            judgement.measurements.append(
                Measurement(
                    "cancel_time", unit: "ms", DecimalValue(milliseconds: time), Criterion(.lessOrEqual, limit),
                    from: evidence))
        }
        judgement.measurements.append(
            Measurement(
                told: "drop_copy_messages", unit: "1", DecimalValue(observation.dropCopy.count), from: evidence))
        switch observation.submitted.status {
        case .accepted: break
        case .denied: judgement.findings.append(.denied(order, observation.submitted.reasonCode))
        case .rejected: judgement.findings.append(.rejected(order, observation.submitted.reasonCode))
        case .filled: judgement.findings.append(.filled(order))
        case .cancelled: judgement.findings.append(.notWorking(order, "was answered as cancelled at once"))
        }
        guard observation.submitted.status == .accepted else { return judgement }
        if observation.wasWorking != true {
            judgement.findings.append(.notWorking(order, "was accepted, yet is not among the working orders"))
        }
        if observation.cancelled?.status == .filled {
            judgement.findings.append(.filled(order))
        } else if observation.cancelled?.status != .cancelled || observation.stillWorking != false {
            judgement.findings.append(.notCancelled(order, observation))
        }
        let absent = Self.expectedKinds.filter { !observation.dropCopy.contains($0) }
        if !absent.isEmpty { judgement.findings.append(.dropCopyIncomplete(order, absent)) }
        return judgement
    }

    /// Follow the order along its path.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            let order = observation.order
            return Remediation(
                summary: "Mend the path of orders to the venue and back",
                cause: "A buy of \(order.quantity) \(order.symbol) at \(order.price) on \(order.account) went out as "
                    + "\(order.clientOrderID): \(judgement.seen).",
                steps: [
                    .init("See what left for the venue, and what the venue said.", command: runbook.dropCopy),
                    .init("Find the order by its client id in the log.", command: runbook.log),
                    .init("If the venue's session is broken, start the target anew.", command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }

    private static let limitKey = "smoke.max_round_trip_ms"
    private static let expectedKinds: [DropCopy.Event.Kind] = [.new, .acknowledged, .cancel, .cancelled]
}

/// The tier on whose readiness account the smoke checks trade: the one with the least at stake.
enum SmokeTier {
    /// As in the policy.
    static let name = "sniper"
}

extension Finding {
    fileprivate static func denied(_ order: OrderRequest, _ reason: String?) -> Finding {
        Finding(
            kind: "order-denied", severity: .high, subject: "order",
            message: "the smallest order, \(order.quantity) \(order.symbol) at \(order.price), was denied by risk: "
                + (reason ?? "no reason given").shortened())
    }

    fileprivate static func rejected(_ order: OrderRequest, _ reason: String?) -> Finding {
        Finding(
            kind: "order-rejected", severity: .high, subject: "order",
            message: "the venue rejected \(order.quantity) \(order.symbol) at \(order.price): "
                + (reason ?? "no reason given").shortened())
    }

    fileprivate static func filled(_ order: OrderRequest) -> Finding {
        Finding(
            kind: "order-filled", severity: .high, subject: "order",
            message: "a buy at \(order.price), far below the market, was filled: \(order.account) now holds a position")
    }

    fileprivate static func notWorking(_ order: OrderRequest, _ what: String) -> Finding {
        Finding(
            kind: "order-not-working", severity: .high, subject: "order",
            message: "order \(order.clientOrderID) \(what)")
    }

    fileprivate static func notCancelled(_ order: OrderRequest, _ seen: FlowRoundTrip.Observation) -> Finding {
        let answer = seen.cancelled?.status.rawValue ?? "nothing"
        let rest = seen.stillWorking == false ? "is gone from the working orders" : "is still among the working orders"
        return Finding(
            kind: "cancel-failed", severity: .high, subject: "order",
            message: "the cancel of \(order.clientOrderID) was answered with \(answer), and the order \(rest)")
    }

    fileprivate static func dropCopyIncomplete(_ order: OrderRequest, _ absent: [DropCopy.Event.Kind]) -> Finding {
        Finding(
            kind: "drop-copy-incomplete", severity: .high, subject: "order",
            message: "the drop copy of \(order.clientOrderID) lacks \(absent.map(\.rawValue).joined(separator: ", "))")
    }
}
