import FoundationEssentials
import Readiness

/// One conversation with a child, from `hello` to its end.
struct ExternalSession {
    /// What is asked of it; nothing where it is to describe itself.
    struct Assignment: Sendable {
        var check: ExternalCheckDescription
        var mode: Mode
        var seed: UInt64
        var limit: Duration
        var reporter: any CheckReporter
        var effects: any EffectRegistrar
    }

    let child: ExternalChild
    let command: ExternalCommand
    let engine: String
    let redactor: Redactor
    let folder: EvidenceFolder
    private(set) var description: ExternalDescription?
    private var record = ExternalRecord()
    private var contents: [String: [UInt8]] = [:]
    /// Bytes of all evidence so far.
    private var evidenceTotal = 0
    private var transcript = ExternalTranscript()
    private var trouble: ProbeError?

    init(child: ExternalChild, command: ExternalCommand, engine: String, redactor: Redactor, folder: EvidenceFolder) {
        self.child = child
        self.command = command
        self.engine = engine
        self.redactor = redactor
        self.folder = folder
    }

    /// Talks until the child has ended.
    mutating func run(_ task: Assignment?) async throws(ProbeError) -> Answer<ExternalRun> {
        let started = ContinuousClock.now
        let child = child
        child.start()
        send(
            .message(
                "hello",
                [
                    .init("engine", .text(engine)),
                    .init("capabilities", .list([.text("cancel"), .text("evidence-dir"), .text("effect-ack")])),
                    .init("evidence_dir", .text(folder.path)),
                ]))
        await withTaskCancellationHandler {
            await talk(task)
        } onCancel: {
            child.cancel()
        }
        let left = await Self.remove(folder)
        if let left { transcript.note(left) }
        if Task.isCancelled { throw .cancelled }
        if let trouble { throw redactor.redacted(trouble) }
        return Answer(
            ExternalRun(record: record, contents: contents),
            transcript: redactor.redacted("$ \(command.line)\n" + transcript.text),
            elapsed: ContinuousClock.now - started)
    }

    private mutating func talk(_ task: Assignment?) async {
        while true {
            switch await child.next() {
            case .line(let line): await take(line, task)
            case .violation(let violation): record(violation)
            case .stopping(let isLimit):
                transcript.note(isLimit ? "its time is over" : "it is being cancelled")
                if record.result == nil {
                    record.wasCancelled = true
                    if isLimit, task != nil { record.ending = .limit }
                }
            case .trouble(let error):
                trouble = error
                return
            case .ended(let end):
                record.exitCode = end.exitCode
                record.leftBehind = end.leftBehind
                if !end.log.isEmpty { transcript.log(redactor.redacted(cut: end.log)) }
                transcript.note(end.exitCode.map { "exit code \($0)" } ?? "ended by a signal")
                if task != nil, record.result == nil, record.violations.isEmpty, record.ending == .itself {
                    record(ExternalViolation(.noResult, "it ended before its result"))
                } else if task == nil, description == nil, record.violations.isEmpty {
                    record(ExternalViolation(.noDescribe, "it ended before it described itself"))
                }
                return
            }
        }
    }

    private mutating func take(_ line: [UInt8], _ task: Assignment?) async {
        // What comes after a broken rule counts for nothing.
        guard record.violations.isEmpty else { return }
        let line = ExternalLine(line, redactor)
        transcript.received(line.shown)
        let message: ExternalMessage?
        do throws(ExternalViolation) {
            message = try ExternalMessage.parse(line.bytes, of: task?.check.id.description)
        } catch {
            return violate(error)
        }
        guard let message else { return }
        guard !line.namesSecretInEffect else {
            return violate(
                ExternalViolation(
                    .effectWithoutUndo, "an effect whose effect_id or undo holds a secret, which would be written down")
            )
        }
        if case .describe(let described) = message {
            guard description == nil else {
                return violate(ExternalViolation(.noDescribe, "it described itself twice"))
            }
            description = described
            guard let task else {
                send(.message("shutdown"))
                return child.closeInput()
            }
            guard described.checks.contains(where: { $0.id == task.check.id }) else {
                return violate(ExternalViolation(.unknownID, "it does not describe \(task.check.id) any more"))
            }
            return ask(task)
        }
        guard description != nil, let task else {
            return violate(ExternalViolation(.noDescribe, "its first message is not describe"))
        }
        if record.result != nil {
            if case .result = message { return violate(ExternalViolation(.twoResults, "a second result")) }
            return violate(ExternalViolation(.afterResult, "a message after its result"))
        }
        await take(message, task)
    }

    private mutating func take(_ message: ExternalMessage, _ task: Assignment) async {
        switch message {
        case .describe: break
        case .progress(let done, let total, let unit): task.reporter.progress(done, of: total, unit: unit)
        case .measurement(let measurement):
            guard hasRoom(record.measurements, "measurements") else { return }
            record.measurements.append(measurement)
        case .finding(let finding):
            guard hasRoom(record.findings, "findings") else { return }
            record.findings.append(finding)
        case .effect(let effect): await register(effect, task)
        case .evidence(var evidence):
            guard hasRoom(record.evidence, "pieces of evidence") else { return }
            // Which of the two a result rests on could not be told.
            guard contents[evidence.evidenceID] == nil else {
                return violate(
                    ExternalViolation(
                        .evidenceTwice, "\(SafeText.line(String(evidence.evidenceID.prefix(100)))) is announced twice"))
            }
            let folder = folder
            let named = evidence
            evidence.path = redactor.redacted(evidence.path)
            let path = evidence.path
            let result: Result<[UInt8], ExternalViolation>
            do throws(ProbeError) {
                result = try await BlockingWork.once("reading evidence") { () throws(ProbeError) in
                    folder.bytes(of: named, called: path)
                }
            } catch {
                // Cancelled: it is being ended, and nothing of it will be judged.
                return
            }
            switch result {
            case .success(let bytes):
                evidenceTotal += bytes.count
                guard evidenceTotal <= EvidenceFolder.totalCap else {
                    return violate(
                        ExternalViolation(.tooMuchEvidence, "evidence of more than \(EvidenceFolder.totalCap) bytes"))
                }
                record.evidence.append(evidence)
                // The child's own digest has been held against its file. What is kept has a digest of ours.
                contents[evidence.evidenceID] = [UInt8](redactor.redacted(Data(bytes)))
            case .failure(let violation): violate(violation)
            }
        case .result(let result):
            if let unknown = result.evidence.first(where: { contents[$0] == nil }) {
                return violate(
                    ExternalViolation(
                        .unknownEvidence,
                        "its result rests on \(SafeText.line(String(unknown.prefix(100)))), which is not there"))
            }
            record.result = result
            send(.message("shutdown"))
            child.closeInput()
        }
    }

    /// Whether one more may come. None is left out without a word: it could be the one that misses its criterion.
    private mutating func hasRoom(_ had: [some Sendable], _ what: String) -> Bool {
        guard had.count >= ExternalMessage.countCap else { return true }
        violate(ExternalViolation(.tooMany, "more than \(ExternalMessage.countCap) \(what)"))
        return false
    }

    private mutating func register(_ effect: ExternalEffect, _ task: Assignment) async {
        guard effect.effectClass <= task.check.effects else {
            return violate(
                ExternalViolation(
                    .undeclaredEffect,
                    "an effect of \(effect.effectClass.rawValue) of a check that describes \(task.check.effects.rawValue)"
                ))
        }
        var isRegistered = true
        do throws(ProbeError) {
            try await task.effects.register(
                EffectDescription(
                    effect.effectClass, effect.description,
                    compensation: .command(
                        effect.undo, folder: command.folder, secretEnvironment: command.secretEnvironment)))
            record.effects += 1
        } catch {
            isRegistered = false
            if error.meeting != .cancelled { trouble = error }
        }
        send(
            .message(
                "ack",
                [
                    .init("id", .text(task.check.id.description)), .init("effect_id", .text(effect.effectID)),
                    .init("registered", .flag(isRegistered)),
                ]))
        // What cannot be written down must not happen: it is stopped, and asked first.
        if !isRegistered { child.cancel() }
    }

    private mutating func ask(_ task: Assignment) {
        send(
            .message(
                "run",
                [
                    .init("id", .text(task.check.id.description)), .init("params", .texts(command.parameters)),
                    .init("mode", .text(task.mode.rawValue)),
                    .init("deadline_ms", .number("\(task.limit.milliseconds)")),
                    .init("seed", .number("\(task.seed)")), .init("target", .texts(command.target)),
                ]))
    }

    private mutating func send(_ message: JSONValue) {
        let line = message.json
        transcript.sent(line)
        child.send(line)
    }

    private mutating func violate(_ violation: ExternalViolation) {
        record(violation)
        child.kill()
    }

    private mutating func record(_ violation: ExternalViolation) {
        var violation = violation
        // It may name a word of the child's.
        violation.detail = redactor.redacted(violation.detail)
        if record.violations.isEmpty, record.ending == .itself, violation.rule != .noResult {
            record.ending = .violation
        }
        if record.violations.count < 20 { record.violations.append(violation) }
        transcript.note("broken: \(violation)")
    }

    private static func remove(_ folder: EvidenceFolder) async -> String? {
        let work = BlockingWork()
        let left = Box()
        await work.finish { left.words = folder.remove() }
        return left.words
    }

    /// Carries a word from one thread to another.
    private final class Box: @unchecked Sendable {
        // Unchecked: written before `finish` resumes its caller, read after.
        var words: String?
    }
}

/// Both sides of a conversation as text, capped.
struct ExternalTranscript: Sendable {
    /// Bytes of UTF-8.
    static let cap = 48 << 10

    private(set) var text = ""
    private var left = 0

    mutating func sent(_ line: String) { add("→ " + line) }
    /// - Parameter line: without any secret: where one was cut it could not be found any more.
    mutating func received(_ line: String) {
        let isLong = line.utf8.count > 2000
        add("← " + SafeText.line(String(decoding: line.utf8.prefix(2000), as: UTF8.self)) + (isLong ? " …" : ""))
    }
    mutating func note(_ words: String) { append("— " + words) }
    /// - Parameter text: without any secret, as above.
    mutating func log(_ text: String) {
        append("errors:")
        for line in SafeText.lines(String(decoding: text.utf8.prefix(8 << 10), as: UTF8.self)) { append(line) }
    }

    private mutating func add(_ line: String) {
        guard text.utf8.count + line.utf8.count < Self.cap else {
            left += 1
            return
        }
        append(line)
    }

    private mutating func append(_ line: String) {
        if left > 0 { text += "… \(left) lines not kept\n" }
        left = 0
        text += line + "\n"
    }
}
