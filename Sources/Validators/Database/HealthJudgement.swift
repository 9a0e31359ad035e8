import FoundationEssentials
import Readiness

/// The counts of a database against their limits.
struct HealthJudgement {
    let health: DatabaseHealth
    let limits: HealthLimits
    /// What everything rests on that was seen whole.
    let evidence: Evidence
    /// What rests on sessions or sequences, of which some may be hidden.
    let partial: Evidence

    /// Everything that can be said.
    var judgement: Judgement {
        var judgement = Judgement()
        addAge(to: &judgement)
        addTables(to: &judgement)
        addSessions(to: &judgement)
        addReplication(to: &judgement)
        addSequences(to: &judgement)
        addFile(to: &judgement)
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    private func addAge(to judgement: inout Judgement) {
        guard let age = health.transactionAge else { return }
        judgement.measurements.append(
            Measurement(
                "transaction_age", unit: "1", DecimalValue(Decimal(age)),
                Criterion(.less, limits.maxAge, warn: limits.warnAge), from: evidence))
    }

    private func addTables(to judgement: inout Judgement) {
        if let cleans = health.cleansItself {
            judgement.measurements.append(Measurement("autovacuum", isTrue: cleans, from: evidence))
            if !cleans { judgement.findings.append(.autovacuumOff()) }
        }
        let judged = health.tables.filter {
            DecimalValue(max(0, $0.live).addingReportingOverflow($0.dead).partialValue) >= limits.judgedRows.value
        }
        guard let worst = judged.map(\.deadPercent).max() else { return }
        judgement.measurements.append(
            Measurement(
                "dead_rows", unit: "%", worst, Criterion(.less, limits.deadPercent), n: judged.count,
                aggregation: .max, from: evidence))
        for table in judged {
            if table.deadPercent >= limits.deadPercent.value { judgement.findings.append(.dead(table)) }
            let isOld = DecimalValue(table.secondsSinceVacuum) > limits.vacuumHours.times(3600)
            if table.isDue, isOld { judgement.findings.append(.overdue(table)) }
        }
    }

    private func addSessions(to judgement: inout Judgement) {
        // A file has none, and says nothing of its age either.
        guard health.transactionAge != nil else { return }
        let idle = health.sessions.filter(\.isIdle)
        let longest = health.sessions.map(\.transactionMilliseconds).max() ?? 0
        judgement.measurements += [
            Measurement(
                "longest_transaction", unit: "s", seconds(longest), Criterion(.lessOrEqual, limits.transactionSeconds),
                n: health.sessions.count, aggregation: .max, from: partial),
            Measurement(
                "longest_idle_in_transaction", unit: "s", seconds(idle.map(\.stateMilliseconds).max() ?? 0),
                Criterion(.lessOrEqual, limits.idleSeconds), n: idle.count, aggregation: .max, from: partial),
            Measurement(told: "hidden_sessions", unit: "1", DecimalValue(health.hiddenSessions), from: evidence),
        ]
        for session in health.sessions {
            if session.isIdle, seconds(session.stateMilliseconds) > limits.idleSeconds.value {
                judgement.findings.append(.idle(session))
            } else if seconds(session.transactionMilliseconds) > limits.transactionSeconds.value {
                judgement.findings.append(.long(session))
            }
        }
    }

    private func addReplication(to judgement: inout Judgement) {
        for replica in health.replicas {
            guard let lag = replica.lagMilliseconds else {
                judgement.findings.append(.lagUnknown(replica))
                continue
            }
            judgement.measurements.append(
                Measurement(
                    "replication_lag.\(replica.name.shortened(to: 60))", unit: "ms", DecimalValue(Decimal(lag)),
                    Criterion(.less, limits.lagMilliseconds), from: evidence))
        }
        for slot in health.unusedSlots {
            judgement.measurements.append(
                Measurement(
                    "slot_retained.\(slot.name.shortened(to: 60))", unit: "MiBy", mebibytes(slot.retainedBytes),
                    Criterion(.less, limits.slotMebibytes), from: evidence))
            judgement.findings.append(.unusedSlot(slot))
        }
    }

    private func addSequences(to judgement: inout Judgement) {
        guard let fullest = health.sequences.map(\.usedPercent).max() else { return }
        judgement.measurements.append(
            Measurement(
                "sequence_used", unit: "%", fullest,
                Criterion(.less, limits.maxSequence, warn: limits.warnSequence), n: health.sequences.count,
                aggregation: .max, from: health.hiddenSequences > 0 ? partial : evidence))
        for sequence in health.sequences where sequence.usedPercent >= limits.maxSequence.value {
            judgement.findings.append(.full(sequence))
        }
    }

    private func addFile(to judgement: inout Judgement) {
        guard let log = health.logBytes else { return }
        judgement.measurements.append(
            Measurement(
                "log_size", unit: "MiBy", mebibytes(log), Criterion(.lessOrEqual, limits.logMebibytes), from: evidence))
        if let free = health.freeBytes {
            judgement.measurements.append(
                Measurement(told: "free_in_file", unit: "MiBy", mebibytes(free), from: evidence))
        }
    }

    private func seconds(_ milliseconds: Int64) -> DecimalValue { DecimalValue(Decimal(milliseconds) / 1000) }

    private func mebibytes(_ bytes: Int64) -> DecimalValue { DecimalValue(Decimal(bytes / 10_486) / 100) }
}

extension Threshold {
    fileprivate func times(_ factor: Int) -> DecimalValue { DecimalValue(value.decimal * Decimal(factor)) }
}

extension DatabaseHealth.Table {
    /// Dead ones of all, in whole tenths of a percent.
    fileprivate var deadPercent: DecimalValue {
        guard dead > 0 else { return "0" }
        let tenths = Int128(dead) * 1000 / (Int128(max(0, live)) + Int128(dead))
        return DecimalValue(Decimal(Int(tenths)) / 10)
    }
}

extension DatabaseHealth.Sequence {
    /// Of all its numbers.
    fileprivate var usedPercent: DecimalValue { DecimalValue(Decimal(usedBasisPoints) / 100) }
}

extension Finding {
    fileprivate static func autovacuumOff() -> Finding {
        Finding(
            kind: "autovacuum-off", severity: .high, subject: "autovacuum",
            message: "the server does not clean up by itself: its tables grow, and its transaction numbers run out",
            suggestion: "autovacuum = on, track_counts = on")
    }

    fileprivate static func dead(_ table: DatabaseHealth.Table) -> Finding {
        Finding(
            kind: "dead-rows", severity: .medium, subject: table.name,
            message: "of \(table.name.shortened()) \(table.deadPercent) % are dead rows (\(table.dead) beside "
                + "\(table.live)): each scan reads them too")
    }

    fileprivate static func overdue(_ table: DatabaseHealth.Table) -> Finding {
        Finding(
            kind: "vacuum-overdue", severity: .low, subject: table.name,
            message:
                "\(table.name.shortened()) is due to be cleaned up, and was last \(table.secondsSinceVacuum / 3600) h "
                + "ago")
    }

    fileprivate static func idle(_ session: DatabaseHealth.Session) -> Finding {
        Finding(
            kind: "idle-in-transaction", severity: .medium, subject: session.label,
            message: "\(session.words) has done nothing for \(session.stateMilliseconds / 1000) s and keeps its "
                + "transaction: nothing newer than that is cleaned up")
    }

    fileprivate static func long(_ session: DatabaseHealth.Session) -> Finding {
        Finding(
            kind: "long-transaction", severity: .medium, subject: session.label,
            message: "\(session.words) has been in one transaction for \(session.transactionMilliseconds / 1000) s")
    }

    fileprivate static func lagUnknown(_ replica: DatabaseHealth.Replica) -> Finding {
        Finding(
            kind: "lag-unknown", severity: .low, subject: replica.name,
            message: "how far \(replica.name.shortened()) is behind the server does not say")
    }

    fileprivate static func unusedSlot(_ slot: DatabaseHealth.Slot) -> Finding {
        Finding(
            kind: "slot-unused", severity: .low, subject: slot.name,
            message: "nobody uses the replication slot \(slot.name.shortened()), and the server keeps its log for it",
            suggestion: "pg_drop_replication_slot, if its standby is gone for good")
    }

    fileprivate static func full(_ sequence: DatabaseHealth.Sequence) -> Finding {
        Finding(
            kind: "sequence-exhausted", severity: .high, subject: sequence.name,
            message:
                "\(sequence.usedPercent) % of the numbers of \(sequence.name.shortened()) have been given out: after "
                + "the last one every insert fails",
            suggestion: "bigint for the column and the sequence, by a migration")
    }
}

extension DatabaseHealth.Session {
    /// The same in every run: not the process.
    fileprivate var label: String { "\(user).\(application)" }

    fileprivate var words: String {
        process == 0
            ? application.shortened() : "session \(process) of \(user.shortened()) (\(application.shortened()))"
    }
}
