import Readiness

/// Changes on the target: written down before they happen, taken back whatever happens.
extension Dispatcher {
    /// How long taking back may last, all effects of an attempt together.
    ///
    /// The slowest compensation is one that trades a position back or sees the feed alive again: an order, its fill, and a
    /// look that confirms it, each with a request limit of its own of about two seconds. Eight seconds hold that once over
    /// with room for a look at the rest; a target that takes longer is one that somebody has to look at.
    private static var undoLimit: Duration { .seconds(8) }
    /// What each effect has at least, when those before it used everything up: enough for a target that is there to
    /// answer.
    private static var leastUndoTime: Duration { .milliseconds(200) }

    /// Writes down what an attempt is about to change.
    ///
    /// - Returns: nil when it must not: it is not at work any more, or its definition does not say so much.
    mutating func register(_ effect: EffectDescription, for ticket: CheckTicket) -> EffectRecord? {
        guard let attempt = attempt(of: ticket), attempt.isAtWork, effect.effectClass <= attempt.definition.effects
        else { return nil }
        effects += 1
        let record = EffectRecord(
            effectID: "f\(effects)", effectClass: effect.effectClass, description: effect.description,
            compensation: effect.compensation.words, undo: effect.compensation)
        tell(.effectRegistered(record), of: ticket.check)
        executions[ticket.check]?.update { $0.effects.append(record) }
        return record
    }

    /// Takes back what an attempt changed, newest first, then lets it be concluded.
    mutating func takeBack(_ ticket: CheckTicket) {
        guard let attempt = attempt(of: ticket) else { return }
        attempt.seal()
        if attempt.effects.isEmpty { return conclude(ticket) }
        let effects = Array(attempt.effects.reversed())
        let (clock, compensator, journal) = (setup.clock, setup.compensator, setup.journal)
        jobs.append(
            Job { [inbox] in
                let deadline = clock.now + Self.undoLimit
                for effect in effects {
                    let left = max(Self.leastUndoTime, deadline - clock.now)
                    var result = UndoResult(effectID: effect.effectID)
                    result.trouble = await compensator.trouble(takingBack: effect, within: left, on: clock)
                    if result.trouble == nil {
                        do throws(UndoJournalError) { try await journal.undone(effect.effectID) } catch {
                            // It has been taken back all the same; `recover` would do so once more, which does no harm.
                            result.note = "taken back, but failed to \(error)"
                        }
                    }
                    inbox.post(.undone(ticket, result))
                }
                inbox.post(.settled(ticket))
            })
    }

    /// Tells what came of taking one change back.
    mutating func tellUndone(_ result: UndoResult, of ticket: CheckTicket) {
        guard let attempt = attempt(of: ticket),
            var record = attempt.effects.first(where: { $0.effectID == result.effectID })
        else { return }
        record.detail = result.trouble ?? result.note
        tell(result.trouble == nil ? .effectUndone(record) : .effectUndoFailed(record), of: ticket.check)
        if result.trouble != nil {
            executions[ticket.check]?.update { $0.isDisturbing = true }
            isGateDirty = true
            lookAfterFailedUndo(of: attempt.definition)
        }
    }
}

extension Compensator {
    /// Takes a change back within a limit, in a task that nobody cancels but the limit.
    ///
    /// - Returns: why it could not be taken back; nil when it has been.
    func trouble(takingBack effect: EffectRecord, within limit: Duration, on clock: any CheckClock) async -> String? {
        guard let compensation = effect.undo else { return "what takes it back was not written down as data" }
        let result = await TimeLimit.race(limit, on: clock) { () -> Result<Void, ProbeError> in
            do throws(ProbeError) { return .success(try await perform(compensation)) } catch { return .failure(error) }
        }
        switch result {
        case .success: return nil
        case .failure(let error): return error.description
        case nil: return "it took longer than \(DurationText.short(limit))"
        }
    }
}
