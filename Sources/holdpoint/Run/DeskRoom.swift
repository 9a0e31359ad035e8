import FoundationEssentials
import Glibc
import Readiness

/// The room that a practice desk's home takes on its disk.
enum DeskRoom {
    /// A seeded ledger of 31 MB, its journal, and what a run writes to it.
    private static let bytes: UInt64 = 64 << 20

    /// Refuses a folder that is no desk's home.
    ///
    /// - Throws: `CommandFailure` (64) with the command that makes one.
    static func requireHome(_ home: String) throws(CommandFailure) {
        guard !FileManager.default.fileExists(atPath: "\(home)/home.json") else { return }
        let command = "holdpoint desk init --home \(ShellWord.quoted(home))"
        throw CommandFailure(
            .usage, "--desk-home: there is no practice desk's home in \(SafeText.line(home)); make one with: \(command)"
        )
    }

    /// Why a home could not be made: where there is too little room for one that is the reason, whatever failed first.
    static func failure(of error: any Error, making home: String) -> CommandFailure {
        let parent = home.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        var facts = statvfs()
        guard statvfs(access(home, F_OK) == 0 ? home : parent, &facts) == 0 else { return CommandFailure(error) }
        let free = UInt64(facts.f_bavail) * UInt64(facts.f_frsize)
        guard free < bytes else { return CommandFailure(error) }
        return .unusable(
            home,
            "\(String(cString: strerror(ENOSPC))): \(free >> 20) MiB are free, and a practice desk takes "
                + "\(bytes >> 20) MiB")
    }
}
