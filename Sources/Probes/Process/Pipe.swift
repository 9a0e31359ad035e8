import Glibc
import Readiness

/// A pipe of ours: both ends close on exec and are above the standard descriptors, so that handing one on to a program
/// never overwrites another.
struct Pipe {
    let reading: Int32
    let writing: Int32

    init() throws(ProbeError) {
        var ends: [Int32] = [-1, -1]
        guard try GNULibrary.functions.pipe2(&ends, O_CLOEXEC) == 0 else {
            throw ProbeError(ourSide: "making a pipe: \(SystemErrorText.of(errno))")
        }
        do throws(ProbeError) {
            ends[0] = try Self.raised(ends[0])
            ends[1] = try Self.raised(ends[1])
        } catch {
            for end in ends { close(end) }
            throw error
        }
        reading = ends[0]
        writing = ends[1]
    }

    /// Where our own standard descriptors are closed, a pipe gets their numbers.
    private static func raised(_ descriptor: Int32) throws(ProbeError) -> Int32 {
        guard descriptor < 3 else { return descriptor }
        let other = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard other >= 0 else { throw ProbeError(ourSide: "making a pipe: \(SystemErrorText.of(errno))") }
        close(descriptor)
        return other
    }
}

/// Our end of a program's output: what comes is kept up to a cap, and read and counted beyond.
struct OutputReader {
    private(set) var captured = CapturedOutput()
    private(set) var isAtEnd = false
    let descriptor: Int32
    private let cap: Int

    /// Takes over the descriptor, which no longer waits from here on.
    init(_ descriptor: Int32, cap: Int) {
        self.descriptor = descriptor
        self.cap = cap
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    /// Reads what is there, but not for ever: a program may write as fast as we read.
    mutating func read(into chunk: UnsafeMutableRawBufferPointer) {
        for _ in 0..<16 where !isAtEnd {
            let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
            if count > 0 {
                let kept = min(count, cap - captured.bytes.count)
                captured.bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<kept]))
                captured.dropped += count - kept
                // Less than was asked for: it is empty now, and asking once more would cost a call to learn that.
                if count < chunk.count { return }
            } else if count == 0 {
                isAtEnd = true
            } else if errno != EINTR {
                // Nothing there now. Any other trouble with a pipe of ours cannot be, and would come to its end.
                if errno != EAGAIN { isAtEnd = true }
                return
            }
        }
    }
}
