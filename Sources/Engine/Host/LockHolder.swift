import FoundationEssentials
import Glibc
import Synchronization

/// A process that holds a lock file.
package struct LockHolder: Sendable, Hashable, CustomStringConvertible {
    /// The process.
    package var pid: Int32
    /// The run that it is busy with, where it left a note of it.
    package var run: String?

    /// States it; see the properties.
    package init(pid: Int32, run: String?) {
        self.pid = pid
        self.run = run
    }

    /// `run 01K…, pid 4711`.
    package var description: String { (run.map { "run \($0), " } ?? "") + "pid \(pid)" }

    /// Several in words; what is said where the kernel names nobody (another container, say).
    static func words(_ holders: [LockHolder]) -> String {
        holders.isEmpty ? "another run" : holders.map(\.description).joined(separator: " and ")
    }

    /// Those that hold an open file by `flock`, by `/proc/locks` (proc_locks(5)), lowest process id first.
    static func of(_ file: Int32, notesIn folder: String) -> [LockHolder] {
        var facts = stat()
        guard fstat(file, &facts) == 0 else { return [] }
        // Only the kernel's word counts, and where it cannot be read nobody is named.
        guard let text = try? String(contentsOf: URL(filePath: "/proc/locks"), encoding: .utf8) else { return [] }
        return pids(in: text, inode: UInt64(facts.st_ino)).map { pid in
            LockHolder(pid: pid, run: RunNote.read(of: pid, in: folder))
        }
    }

    /// Process ids in lines such as `2: FLOCK  ADVISORY  WRITE 25086 fe:00:16237034 0 EOF`. Lines with `->` are of those
    /// that wait. The device is not compared: some file systems show another one there than to `stat`.
    static func pids(in text: String, inode: UInt64) -> [Int32] {
        var found: Set<Int32> = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 5, fields[1] == "FLOCK", let pid = Int32(fields[4]), pid > 0,
                let number = fields[5].split(separator: ":").last, UInt64(number) == inode
            else { continue }
            found.insert(pid)
        }
        return found.sorted()
    }
}

/// The note by which other runs learn what a process is busy with: a small file beside the lock files.
///
/// It says nothing about what is held: that is the kernel's to say. One of a process that was killed stays, and is read
/// for nobody, because nobody holds a lock by that process id; whoever gets the id again writes it anew.
final class RunNote: Sendable {
    private let path: String
    private let isWritten = Mutex(false)

    init(run: String, folder: String) {
        path = Self.path(of: getpid(), in: folder)
        self.run = run
    }

    private let run: String

    deinit { remove() }

    /// Takes the note away, where it was left. Another run of this process may have written it since: then that one loses
    /// its name, and nothing else.
    func remove() {
        isWritten.withLock { isWritten in
            if isWritten { unlink(path) }
            isWritten = false
        }
    }

    /// Leaves the note, once. A note that cannot be left costs others the run's name: they still get the process id.
    func leave() {
        isWritten.withLock { isWritten in
            guard !isWritten else { return }
            isWritten = true
            do throws(FileTrouble) { try WholeFile.replace(path, with: Array(run.utf8)) } catch { isWritten = false }
        }
    }

    static func read(of pid: Int32, in folder: String) -> String? {
        do throws(FileTrouble) {
            let bytes = try WholeFile.read(path(of: pid, in: folder), limit: 64, onlyOurs: true)
            // It names a run, and may come from anywhere.
            guard !bytes.isEmpty, bytes.allSatisfy({ $0.isRunIDByte }) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        } catch { return nil }
    }

    private static func path(of pid: Int32, in folder: String) -> String { "\(folder)/holdpoint-run.\(pid)" }
}

extension UInt8 {
    fileprivate var isRunIDByte: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }
}
