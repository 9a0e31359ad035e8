import FoundationEssentials
import Glibc
package import Readiness

/// The form of the file: JSON, one object a line, keys sorted.
extension UndoJournal {
    /// The first line: what `recover` needs before it can take anything back.
    package struct Header: Sendable, Codable, Equatable {
        /// The form of the file. Always 1 so far.
        package private(set) var version = 1
        /// The run's id.
        package var run: String
        /// How the target is found and known again: its desk home, its instance. Means nothing to the engine.
        package var target: [String: String]
        /// The run's log.
        package var log: String
        /// When the journal was set up.
        package var createdAt: UTCInstant

        /// States it; see the properties.
        package init(run: String, target: [String: String], log: String, createdAt: UTCInstant) {
            self.run = run
            self.target = target
            self.log = log
            self.createdAt = createdAt
        }

        private enum CodingKeys: String, CodingKey {
            case version = "v", run, target, log, createdAt = "created_at"
        }

        var bytes: [UInt8] { UndoJournal.encode(self) }
    }

    /// A line behind the header: exactly one of the two.
    struct Line: Codable {
        struct Undone: Codable {
            var effectID: String
            private enum CodingKeys: String, CodingKey { case effectID = "effect_id" }
        }
        var registered: EffectRecord?
        var check: CheckID?
        var undone: Undone?

        init(registered: EffectRecord? = nil, check: CheckID? = nil, undone: Undone? = nil) {
            self.registered = registered
            self.check = check
            self.undone = undone
        }

        var bytes: [UInt8] { UndoJournal.encode(self) }
    }

    /// A change that was registered.
    package struct Entry: Sendable, Equatable {
        /// The change, with what takes it back.
        package var effect: EffectRecord
        /// The check that made it, where the line says so.
        package var check: CheckID?
    }

    /// What is left to take back.
    package struct Pending: Sendable, Equatable {
        /// As the first line says.
        package var header: Header
        /// Newest first: the order in which it is to be taken back.
        package var entries: [Entry]
        /// Bytes of whole lines. What lies behind them was never acknowledged.
        var length: Int
    }

    /// The largest file that is read, bytes: some 100,000 changes.
    private static let largestFile = 64 << 20

    /// What a run has changed and not taken back.
    ///
    /// A last line without its end was being written when the run died. Nobody went on because of it, so the change that
    /// it names was never made (or, for one that was taken back, is taken back once more, which does no harm).
    ///
    /// - Throws: `UndoJournalError` for a file that is not ours or cannot be read, and for a line that is not what was
    ///   written, with its number.
    package static func pending(at path: String) throws(UndoJournalError) -> Pending {
        let bytes: [UInt8]
        do throws(FileTrouble) { bytes = try WholeFile.read(path, limit: largestFile, onlyOurs: true) } catch {
            throw error.code == EPERM ? .notOurs(path: path) : .file(error)
        }
        return try parse(bytes, path: path)
    }

    private static func parse(_ bytes: [UInt8], path: String) throws(UndoJournalError) -> Pending {
        let decoder = JSONDecoder()
        var header: Header?
        var entries: [Entry] = []
        var undone: Set<String> = []
        var number = 0
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            number += 1
            let data = Data(bytes[start..<end])
            start = end + 1
            func garbled(_ why: String) -> UndoJournalError { .garbled(path: path, line: number, why: why) }
            guard header != nil else {
                do { header = try decoder.decode(Header.self, from: data) } catch {
                    throw garbled("it is not the header of a journal")
                }
                if header?.version != 1 { throw garbled("it is of a form that this program does not read") }
                continue
            }
            let line: Line
            do { line = try decoder.decode(Line.self, from: data) } catch {
                throw garbled("it is not what was written")
            }
            switch (line.registered, line.undone) {
            case (let effect?, nil):
                guard !entries.contains(where: { $0.effect.effectID == effect.effectID }) else {
                    throw garbled("it registers \(SafeText.line(effect.effectID)) a second time")
                }
                entries.append(Entry(effect: effect, check: line.check))
            case (nil, let line?): undone.insert(line.effectID)
            default: throw garbled("it neither registers a change nor takes one back")
            }
        }
        guard let header else { throw .garbled(path: path, line: 1, why: "it is not the header of a journal") }
        return Pending(
            header: header, entries: entries.reversed().filter { !undone.contains($0.effect.effectID) }, length: start)
    }

    private static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return [UInt8](try encoder.encode(value)) + [UInt8(ascii: "\n")] } catch {
            // Plain data that JSON can hold: there is nothing to do about this but to say it.
            preconditionFailure("a line of the undo journal cannot be encoded: \(error)")
        }
    }
}
