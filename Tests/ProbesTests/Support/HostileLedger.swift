import FoundationEssentials
import GRDB

/// Ledgers as no desk would make them.
enum HostileLedger {
    /// Makes one by a script, without looking at references.
    static func make(_ path: String, _ script: String, wal: Bool = true) throws {
        var configuration = Configuration()
        configuration.journalMode = wal ? .wal : .default
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            // Otherwise Debian's SQLite lets nobody write its catalogue.
            try database.execute(sql: script)
        }
        try queue.close()
    }

    /// Puts one byte in place of all from an offset on.
    static func overwrite(_ path: String, from offset: Int, with byte: UInt8) throws {
        var data = try Data(contentsOf: URL(filePath: path))
        for index in offset..<data.count { data[index] = byte }
        try data.write(to: URL(filePath: path))
    }
}
