package import Readiness

/// Ids of runs: ULIDs, which sort by time (https://github.com/ulid/spec). 26 characters.
package enum RunID {
    /// An id for a run that begins at a moment.
    package static func make(at time: UTCInstant, using generator: inout some RandomNumberGenerator) -> String {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        var milliseconds = UInt64(max(0, time.microseconds) / 1000)
        var bytes = [UInt8](repeating: 0, count: 26)
        for place in stride(from: 9, through: 0, by: -1) {
            bytes[place] = alphabet[Int(milliseconds & 31)]
            milliseconds >>= 5
        }
        for place in 10..<26 { bytes[place] = alphabet[Int(generator.next(upperBound: UInt64(32)))] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
