import Glibc

/// Whether an instance of a desk serves a home, and how it is.
package enum DeskStatus: Sendable {
    /// None does in that role, and the last one stopped in order.
    case stopped
    /// The process that served it is gone without stopping in order.
    case dead(DeskRecord)
    /// The process lives and does not answer: stopped, stuck, or only just starting.
    case silent(DeskRecord, reason: String)
    /// It serves.
    case serving(DeskRecord, faults: [FaultStatus], uptimeSeconds: Int64)

    /// Looks at a home's primary or standby from outside: its record, the process, the fault switch.
    ///
    /// - Throws: `HomeError` if the record cannot be read for another reason than that there is none.
    package static func read(home: DeskHome, role: DeskRole = .primary) async throws -> DeskStatus {
        let record: DeskRecord
        do throws(HomeError) {
            record = try DeskRecord.read(home: home, role: role)
        } catch .missing {
            return .stopped
        }
        guard record.processLives else { return .dead(record) }
        do {
            let faults = try await FaultSwitch.list(of: record)
            return .serving(record, faults: faults, uptimeSeconds: record.uptimeSeconds)
        } catch {
            return .silent(record, reason: "\(error)")
        }
    }
}

extension DeskRecord {
    /// Whole seconds since the process was started, on the kernel's clock since boot.
    package var uptimeSeconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return max(0, Int64(now.tv_sec) - Int64(pidStartTicks) / Int64(sysconf(Int32(_SC_CLK_TCK))))
    }
}
