import FoundationEssentials
import Glibc
import Readiness
import SystemPackage

/// What the system says of an error, in its own few words: `No space left on device`.
enum SystemWords {
    /// The words of an error number, wherever it is wrapped; for anything else what the error says of itself.
    static func of(_ error: any Error) -> String {
        guard let code = code(of: error) else { return "\(error)" }
        return String(cString: strerror(code))
    }

    private static func code(of error: any Error) -> Int32? {
        if let error = error as? Errno { return error.rawValue }
        if let error = error as? POSIXError { return error.code.rawValue }
        guard let error = error as? CocoaError else { return nil }
        if let underlying = error.underlying, let code = code(of: underlying) { return code }
        switch error.code {
        case .fileWriteOutOfSpace: return ENOSPC
        case .fileWriteVolumeReadOnly: return EROFS
        case .fileWriteNoPermission, .fileReadNoPermission: return EACCES
        case .fileNoSuchFile, .fileReadNoSuchFile: return ENOENT
        case .fileWriteFileExists: return EEXIST
        default: return nil
        }
    }
}

extension CommandFailure {
    /// A place that the program keeps things in cannot be used: where, why, and what to do (69).
    static func unusable(_ path: String, _ why: String) -> CommandFailure {
        CommandFailure(
            .unavailable,
            "cannot write \(SafeText.line(path)): \(why); make room or give permission there, or set XDG_STATE_HOME to a "
                + "folder that can be written")
    }
}
